import type { Request, Response } from 'express';
import { z } from 'zod';
import { decodeCursor, LONGEST_CURSOR } from '../../database/cursor.ts';
import { badRequest } from '../../lib/http-error.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { auditActions } from '../../models/audit/record.ts';
import type { AuditCursor } from '../../models/audit/audit-log.ts';
import { AuditEntry } from '../../models/index.ts';
import { limits } from '../../shared/limits.ts';
import { blank, nextPage } from '../paging.ts';
import { tellEntry } from '../../presenters/audit.ts';

const day = z.preprocess(blank, z.iso.date().optional());
const query = z.object({
  /** An email address, or the id of an account. */
  person: z.preprocess(blank, z.string().trim().max(limits.email).optional()),
  action: z.preprocess(blank, z.enum(auditActions).optional()),
  from: day,
  to: day,
  after: z.preprocess(blank, z.string().max(LONGEST_CURSOR).optional()),
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
    entries: entries.map((entry) => tellEntry(entry, res.locals)),
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
