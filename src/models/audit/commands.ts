import { sql } from '../../database/sql.ts';
import { requestContext } from '../../lib/logger.ts';
import { limits } from '../../shared/limits.ts';
import type { AuditAction, AuditDetails } from './audit-entry.ts';

export interface NewAuditEntry {
  /** Null for somebody not signed in, and for the operator. */
  actorId: number | null;
  /** The user affected. */
  userId?: number | null | undefined;
  details?: AuditDetails | undefined;
}

/**
 * Writes one entry, with the client address of the current request. In a unit of work it is committed with the change
 * or not at all.
 */
export async function recordAudit(
  action: AuditAction,
  { actorId, userId = null, details = {} }: NewAuditEntry,
): Promise<void> {
  const address = requestContext.getStore()?.address ?? null;
  await sql(INSERT, [action, actorId, userId, JSON.stringify(details), address]);
}

/** Deletes a batch of entries that are older than a year. @returns how many */
export async function pruneAudit(): Promise<number> {
  return (await sql(PRUNE, [limits.pruneBatch])).length;
}

const INSERT = 'INSERT INTO audit_entries (action, actor_id, user_id, details, address) VALUES ($1, $2, $3, $4, $5)';
const PRUNE = `
  DELETE FROM audit_entries WHERE id IN (
    SELECT id FROM audit_entries WHERE created_at < now() - interval '1 year' ORDER BY created_at LIMIT $1
    FOR UPDATE SKIP LOCKED
  ) RETURNING id`;
