import { sql } from '../../database/sql.ts';
import { requestContext } from '../../lib/request-context.ts';

/** What is kept on record. */
export const auditActions = [
  'registered',
  'signed_in',
  'sign_in_refused',
  'signed_out',
  'session_ended',
  'password_changed',
  'password_refused',
  'password_reset_asked',
  'password_reset',
  'email_changed',
  'account_deleted',
  'user_disabled',
  'user_enabled',
  'admin_given',
  'admin_taken',
  'token_made',
  'token_ended',
  'role_changed',
  'member_joined',
  'member_removed',
  'invitation_made',
  'invitation_revoked',
  'team_deleted',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Nothing in it is a secret: administrators read it. An `email` is in lower case, so that it is found. */
export type AuditDetails = Record<string, string | number | boolean | null>;

export interface AuditNote {
  /** Who did it; null for nobody who is signed in, and for the operator. */
  actorId: number | null;
  /** Whom it concerns. */
  userId?: number | null | undefined;
  details?: AuditDetails | undefined;
}

/**
 * Writes one entry, with the address of the request at hand: in a unit of work it is committed with the change or
 * not at all.
 */
export async function note(action: AuditAction, { actorId, userId = null, details = {} }: AuditNote): Promise<void> {
  const address = requestContext.getStore()?.address ?? null;
  await sql(NOTE, [action, actorId, userId, JSON.stringify(details), address]);
}

const NOTE = 'INSERT INTO audit_entries (action, actor_id, user_id, details, address) VALUES ($1, $2, $3, $4, $5)';
