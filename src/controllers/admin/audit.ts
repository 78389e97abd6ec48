import type { Request, Response } from 'express';
import { z } from 'zod';
import { decodeCursor } from '../../database/cursor.ts';
import { badRequest } from '../../lib/http-error.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { auditActions } from '../../models/audit/record.ts';
import type { AuditCursor } from '../../models/audit/audit-log.ts';
import { AuditEntry } from '../../models/index.ts';
import { limits } from '../../shared/limits.ts';
import { cursor, pageParam } from '../../schemas/paging.ts';
import { day } from '../../schemas/shared.ts';
import { nextPage } from '../paging.ts';
import { presentAuditEntry } from '../../presenters/audit.ts';

const query = z.object({
  /** An email address, or the id of an account. */
  person: pageParam(z.string().trim().max(limits.email).optional()),
  action: pageParam(z.enum(auditActions).optional()),
  from: pageParam(day.optional()),
  to: pageParam(day.optional()),
  after: pageParam(cursor.optional()),
});

/** What is on record, newest first. */
export async function index(req: Request, res: Response): Promise<void> {
  const asked = query.safeParse(req.query);
  if (!asked.success) throw badRequest('errors.filter');
  const { after, person, ...filters } = asked.data;
  const { entries, next } = await AuditEntry.page(
    { ...filters, person: personIn(person), timeZone: viewerOf(res).timeZone },
    cursorIn(after),
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

function cursorIn(after: string | undefined): AuditCursor | null {
  if (after === undefined) return null;
  const [createdAt, id] = decodeCursor(after, [{ kind: 'time' }]);
  return { createdAt: String(createdAt), id: Number(id) };
}
