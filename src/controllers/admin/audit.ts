import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest } from '../../lib/http-error.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { auditActions } from '../../models/audit/audit-entry.ts';
import { type AuditCursor, auditPage } from '../../models/audit/queries.ts';
import { limits } from '../../shared/limits.ts';
import { presentAuditEntry } from '../../presenters/audit.ts';
import { cursor, pageParam } from '../../schemas/paging.ts';
import { day } from '../../schemas/shared.ts';
import { cursorIn, nextPage } from '../paging.ts';

const query = z.object({
  /** An email address or a user's id. */
  person: pageParam(z.string().trim().max(limits.email).optional()),
  action: pageParam(z.enum(auditActions).optional()),
  from: pageParam(day.optional()),
  to: pageParam(day.optional()),
  after: pageParam(cursor.optional()),
});

/** The audit log, newest first. */
export async function index(req: Request, res: Response): Promise<void> {
  const parsed = query.safeParse(req.query);
  if (!parsed.success) throw badRequest('errors.filter');
  const { after, person, ...filters } = parsed.data;
  const { entries, next } = await auditPage(
    { ...filters, person: personIn(person), timeZone: viewerOf(res).timeZone },
    auditCursor(after),
    limits.page,
  );
  res.render('admin/audit/index', {
    filters: { ...filters, person },
    actions: auditActions,
    entries: entries.map((entry) => presentAuditEntry(entry, res.locals)),
    next: nextPage(req, next && [next.createdAt, next.id]),
  });
}

const personIn = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : text;

function auditCursor(after: string | undefined): AuditCursor | null {
  const values = cursorIn(after, [{ kind: 'time' }]);
  return values && { createdAt: String(values[0]), id: Number(values[1]) };
}
