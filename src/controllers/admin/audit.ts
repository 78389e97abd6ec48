import type { Request, Response } from 'express';
import { z } from 'zod';
import { LONGEST_CURSOR } from '../../database/cursor.ts';
import { badRequest } from '../../lib/http-error.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { auditActions } from '../../models/audit/record.ts';
import type { AuditCursor } from '../../models/audit/audit-log.ts';
import { AuditEntry } from '../../models/index.ts';
import { limits } from '../../shared/limits.ts';
import { blank, cursorIn, nextPage } from '../paging.ts';
import { tellEntry } from '../../presenters/audit.ts';

const day = z.preprocess(blank, z.iso.date().optional());
const query = z.object({
  /** An email address or a user's id. */
  person: z.preprocess(blank, z.string().trim().max(limits.email).optional()),
  action: z.preprocess(blank, z.enum(auditActions).optional()),
  from: day,
  to: day,
  after: z.preprocess(blank, z.string().max(LONGEST_CURSOR).optional()),
});

/** The audit log, newest first. */
export async function index(req: Request, res: Response): Promise<void> {
  const parsed = query.safeParse(req.query);
  if (!parsed.success) throw badRequest('errors.filter');
  const { after, person, ...filters } = parsed.data;
  const { entries, next } = await AuditEntry.page(
    { ...filters, person: personIn(person), timeZone: viewerOf(res).timeZone },
    auditCursor(after),
    limits.page,
  );
  res.render('admin/audit/index', {
    filters: { ...filters, person },
    actions: auditActions,
    entries: entries.map((entry) => tellEntry(entry, res.locals)),
    next: nextPage(req, next && [next.createdAt, next.id]),
  });
}

const personIn = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : text;

function auditCursor(after: string | undefined): AuditCursor | null {
  const cursor = cursorIn(after, [{ kind: 'time' }]);
  return cursor && { createdAt: String(cursor[0]), id: Number(cursor[1]) };
}
