/** What administrators read. */
import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import { day, person, time } from './shared.ts';

/** An email address or the id of a user. */
const auditPerson = z.string('errors.invalid').trim().max(limits.email, 'errors.invalid');

/** The filters of the audit log, on its page and in the API. @param actions what it records */
export const auditFilters = <const Action extends string>(actions: readonly Action[]) => ({
  person: auditPerson.optional(),
  action: z.enum(actions, 'errors.invalid').optional(),
  from: day.optional(),
  to: day.optional(),
});

export const auditSchema = z
  .object({
    id: z.int(),
    action: z.string().meta({ example: 'signed_in' }),
    actor: person.nullable().meta({ description: 'Null for the operator and people without an account.' }),
    user: person.nullable().meta({ description: 'The user concerned; null if the account was deleted.' }),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    address: z.string().nullable().meta({ description: 'The IP address of the request.' }),
    createdAt: time,
  })
  .meta({ id: 'AuditEntry', description: 'Sign-ins, failures, and changes of rights, tokens and sessions.' });

export const mailSchema = z
  .object({
    id: z.int(),
    recipient: z.string(),
    subject: z.string(),
    hasLink: z.boolean().meta({ description: 'Whether `POST /mails/{id}/link` shows a link to pass on.' }),
    attempts: z.int(),
    lastError: z.string().nullable(),
    expiresAt: time.nullable().meta({ description: 'Null if the mail server rejected it.' }),
    createdAt: time,
  })
  .meta({ id: 'Mail', description: 'A mail that is not sent yet, or that was rejected in the last month.' });

export const mailLinkSchema = z.object({ link: z.url() }).meta({ id: 'MailLink' });
