import { sql } from '../../database/sql.ts';
import { emailKey } from '../../lib/email.ts';
import type { AuditAction, AuditDetails } from './audit-entry.ts';

/** An entry with the current names of its people, null where the account is gone. */
export interface AuditRecord {
  id: number;
  action: AuditAction;
  createdAt: Date;
  actorId: number | null;
  actorName: string | null;
  userId: number | null;
  userName: string | null;
  userEmail: string | null;
  details: AuditDetails;
  address: string | null;
}

export interface AuditFilters {
  /** Actor or user affected: an account's id, or an email address, also one without an account. */
  person?: number | string | undefined;
  action?: AuditAction | undefined;
  /** Days (`YYYY-MM-DD`) in `timeZone`, both inclusive. */
  from?: string | undefined;
  to?: string | undefined;
  /** IANA name. */
  timeZone: string;
}

/** Position of the last entry of a page. */
export interface AuditCursor {
  createdAt: string;
  id: number;
}

/**
 * One page of matching entries, newest first. SQL: a person's entries are a UNION, each part read along its own index.
 */
export async function auditPage(
  { person, ...filters }: AuditFilters,
  after: AuditCursor | null,
  size: number,
): Promise<{ entries: AuditRecord[]; next: AuditCursor | null }> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${String(values.push(value))}`;
  const conditions = conditionsOf(filters, after, bind);
  const limit = bind(size + 1);
  const read = (condition?: string): string => {
    const all = condition === undefined ? conditions : [condition, ...conditions];
    const where = all.length > 0 ? `WHERE ${all.join(' AND ')}` : '';
    return `(SELECT * FROM audit_entries ${where} ORDER BY created_at DESC, id DESC LIMIT ${limit})`;
  };
  const found = person === undefined ? read() : personConditions(person, bind).map(read).join(' UNION ');
  const rows = await sql<AuditRecord>(
    `
    SELECT e.id, e.action, e.created_at AS "createdAt", e.details, e.address, e.actor_id AS "actorId",
    actor.name AS "actorName",
      e.user_id AS "userId", concerned.name AS "userName", concerned.email AS "userEmail"
    FROM (${found}) e LEFT JOIN users actor ON actor.id = e.actor_id
    LEFT JOIN users concerned ON concerned.id = e.user_id
    ORDER BY e.created_at DESC, e.id DESC LIMIT ${limit}`,
    values,
  );
  const entries = rows.slice(0, size);
  const last = rows.length > size ? entries.at(-1) : undefined;
  return { entries, next: last ? { createdAt: last.createdAt.toISOString(), id: last.id } : null };
}

type Bind = (value: unknown) => string;

function conditionsOf({ action, from, to, timeZone }: AuditFilters, after: AuditCursor | null, bind: Bind): string[] {
  const zone = from === undefined && to === undefined ? '' : bind(timeZone);
  return [
    ...(action === undefined ? [] : [`action = ${bind(action)}`]),
    ...(from === undefined ? [] : [`created_at >= ${bind(from)}::date::timestamp AT TIME ZONE ${zone}`]),
    ...(to === undefined ? [] : [`created_at < (${bind(to)}::date + 1)::timestamp AT TIME ZONE ${zone}`]),
    ...(after ? [`(created_at, id) < (${bind(after.createdAt)}::timestamptz, ${bind(after.id)}::bigint)`] : []),
  ];
}

/** Failed sign-ins and invitations of people without an account have only the email address. */
function personConditions(person: number | string, bind: Bind): string[] {
  if (/^[1-9]\d{0,8}$/.test(String(person))) {
    const id = bind(Number(person));
    return [`actor_id = ${id}`, `user_id = ${id}`];
  }
  const email = bind(emailKey(String(person)));
  const id = `(SELECT id FROM users WHERE fold_text(email, true) = ${email})`;
  return [`actor_id = ${id}`, `user_id = ${id}`, `details ? 'email' AND details ->> 'email' = ${email}`];
}
