import type { Request, Response } from 'express';
import { z } from 'zod';
import { badRequest } from '../../lib/http-error.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { auditActions } from '../../models/audit/audit-entry.ts';
import { type AuditCursor, auditPage } from '../../models/audit/queries.ts';
import { limits } from '../../shared/limits.ts';
import { presentAuditEntry } from '../../presenters/audit.ts';
import { auditFilters } from '../../schemas/admin.ts';
import { cursor, pageParam } from '../../schemas/paging.ts';
import { cursorIn, nextPage } from '../paging.ts';

const filterFields = auditFilters(auditActions);
const query = z.object({
  person: pageParam(filterFields.person),
  action: pageParam(filterFields.action),
  from: pageParam(filterFields.from),
  to: pageParam(filterFields.to),
  after: pageParam(cursor.optional()),
});

/** The audit log, newest first. */
export async function index(req: Request, res: Response): Promise<void> {
  const parsed = query.safeParse(req.query);
  if (!parsed.success) throw badRequest('errors.filter');
  const { after, ...filters } = parsed.data;
  const { entries, next } = await auditPage(
    { ...filters, timeZone: viewerOf(res).timeZone },
    auditCursor(after),
    limits.page,
  );
  res.render('admin/audit/index', {
    filters,
    actions: auditActions,
    entries: entries.map((entry) => presentAuditEntry(entry, res.locals)),
    next: nextPage(req, next && [next.createdAt, next.id]),
  });
}

function auditCursor(after: string | undefined): AuditCursor | null {
  const values = cursorIn(after, [{ kind: 'time' }]);
  return values && { createdAt: String(values[0]), id: Number(values[1]) };
}
