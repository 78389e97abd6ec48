import type { Request } from 'express';
import { z } from 'zod';
import type { Viewer } from '../../database/visible-lists.ts';
import { forbidden, notFound } from '../../lib/http-error.ts';
import { ownOrigin } from '../../middleware/security.ts';
import { auditActions } from '../../models/audit/audit-entry.ts';
import { auditPage, type AuditCursor } from '../../models/audit/queries.ts';
import { revealLink } from '../../models/mail/commands.ts';
import { pendingMails } from '../../models/mail/queries.ts';
import { presentAudit } from '../../presenters/audit.ts';
import { presentMail } from '../../presenters/mail.ts';
import { auditFilters, auditSchema, mailLinkSchema, mailSchema } from '../../schemas/admin.ts';
import { listHeaders, paging } from '../../schemas/paging.ts';
import { idParams } from '../../schemas/shared.ts';
import { cursorIn, nextLink, ok } from '../response.ts';
import { operation } from '../operation.ts';

const tag = 'Administration';

export const listAudit = operation({
  method: 'get',
  path: '/audit',
  tag,
  summary: 'List the audit log',
  description: 'For administrators. The newest first; days are those of your time zone.',
  scope: 'read',
  query: z.strictObject({ limit: paging.limit, after: paging.after, ...auditFilters(auditActions) }),
  example: { query: { action: 'signed_in', limit: '20' } },
  responses: {
    200: { description: 'A page of entries.', schema: z.array(auditSchema), headers: { Link: listHeaders.Link } },
  },
  async run({ viewer, query: { after, limit, ...filters }, req }) {
    requireAdministrator(viewer);
    const { entries, next } = await auditPage(
      { ...filters, timeZone: viewer.timeZone },
      auditCursor(req, after),
      limit,
    );
    return ok(entries.map(presentAudit), nextLink(req, next && [next.createdAt, next.id]));
  },
});

export const listMails = operation({
  method: 'get',
  path: '/mails',
  tag,
  summary: 'List the mails that are not sent yet',
  description: 'For administrators. The newest first, with those that the mail server rejected in the last month.',
  scope: 'read',
  query: z.strictObject({ limit: paging.limit }),
  responses: { 200: { description: 'The newest mails.', schema: z.array(mailSchema) } },
  async run({ viewer, query: { limit }, req }) {
    requireAdministrator(viewer);
    const handsOver = req.app.locals.settings.smtpUrl === null;
    return ok((await pendingMails(limit)).map((mail) => presentMail(mail, { handsOver })));
  },
});

export const revealMailLink = operation({
  method: 'post',
  path: '/mails/{id}/link',
  tag,
  summary: 'Show the link of a mail, to pass it on',
  description:
    'For administrators, where no mail is sent. Whoever has the link can use it, and so the audit log records that ' +
    'you have seen it.',
  scope: 'write',
  params: idParams,
  responses: { 200: { description: 'The link.', schema: mailLinkSchema } },
  async run({ viewer, params: { id }, req }) {
    requireAdministrator(viewer);
    const { settings } = req.app.locals;
    if (settings.smtpUrl !== null) throw notFound();
    const link = ownOrigin(req, settings) + (await revealLink(id, viewer));
    return ok({ link }, { 'Cache-Control': 'no-store' });
  },
});

/** Checked before any lookup, so that the response does not tell what is there. @throws HttpError 403 */
export function requireAdministrator(viewer: Viewer): void {
  if (!viewer.admin) throw forbidden('errors.administratorsOnly');
}

function auditCursor(req: Request, after: string | undefined): AuditCursor | null {
  const values = cursorIn(req, after, [{ kind: 'time' }]);
  return values && { createdAt: String(values[0]), id: Number(values[1]) };
}
