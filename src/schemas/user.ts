import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import { flag, paging } from './paging.ts';
import { reserved, time, url } from './shared.ts';

const taskOfUser = z.object({
  id: z.int(),
  listId: z.int(),
  description: z.string().nullable().meta({ description: 'Null where you do not see its list.' }),
  completed: z.boolean(),
  createdAt: time,
});

const disabledReason = z
  .string()
  .nullable()
  .meta({ description: 'Why; for administrators only.', example: 'Has left the house' });

export const userSchema = z
  .object({
    id: z.int(),
    url,
    name: z.string(),
    email: z.string(),
    admin: z.boolean(),
    disabled: z.boolean().meta({ description: 'Cannot sign in, and no token of theirs works.' }),
    disabledReason,
    locale: z.string(),
    timeZone: z.string(),
    taskCount: z.int().meta({ description: 'Tasks that the user has written and that are not in the trash.' }),
    createdAt: time,
    updatedAt: time,
    teams: z
      .array(z.object({ id: z.int(), name: z.string() }))
      .optional()
      .meta({ description: 'With `teams=1`.' }),
    tasks: z
      .array(taskOfUser)
      .optional()
      .meta({ description: 'With `tasks=1`: those that the user has written, the newest 100.' }),
  })
  .meta({ id: 'User', description: 'An account, as administrators see it.' });

const asked = flag.default(false);
const part = (what: string) =>
  asked.meta({ type: 'boolean', description: `\`1\`: with ${what}, which are not read otherwise.` });

/** What may be brought with each user. */
export const userParts = { teams: part('the teams of each'), tasks: part('the newest tasks of each') };

export const userListQuery = z.strictObject({
  ...paging,
  ...userParts,
  q: z
    .string('errors.invalid')
    .trim()
    .max(limits.search, 'errors.invalid')
    .optional()
    .meta({ description: 'Part of the name or of the email address, in upper or lower case.', example: 'an' }),
  tasksOver: z
    .string('errors.invalid')
    .regex(/^\d{1,9}$/, 'errors.invalid')
    .transform(Number)
    .optional()
    .meta({ type: 'integer', description: 'Those who have written more tasks than so many.', example: 10 }),
  'filter[disabled]': flag.optional().meta({ type: 'boolean' }),
  'filter[admin]': flag.optional().meta({ type: 'boolean' }),
});

/** What GET gives can be sent back. */
export const userPut = z.strictObject({
  disabled: z.boolean('errors.invalid').optional(),
  disabledReason: z
    .string('errors.invalid')
    .trim()
    .max(limits.reason, 'errors.reasonTooLong')
    .nullish()
    .transform((reason) => (reason === '' ? null : reason))
    .meta({ type: ['string', 'null'], description: 'Kept while the user is disabled.' }),
  admin: z.boolean('errors.invalid').optional(),
  ...reserved(
    'id',
    'url',
    'name',
    'email',
    'locale',
    'timeZone',
    'taskCount',
    'createdAt',
    'updatedAt',
    'teams',
    'tasks',
  ),
});

/** `{id}` of a path. */
export const userParams = z.object({
  id: z
    .string()
    .min(1)
    .max(limits.email)
    .meta({ description: 'The email address of the user, or the id.', example: 'bob@example.com' }),
});
