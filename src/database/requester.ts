/** Who makes the current request, so that every unit of work asks again whether they still may. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { UnauthorizedError } from '../lib/errors.ts';
import { sql } from './sql.ts';

/** What authenticates a request or a connection: a browser's session or an API token. */
export type Credentials = { sid: string } | { tokenId: number };

export interface Requester {
  userId: number;
  credentials: Credentials;
}

const requesters = new AsyncLocalStorage<Requester>();

/** Runs a request's work, and whatever it waits for, in the name of the requester. */
export const runAs = <T>(requester: Requester, work: () => T): T => requesters.run(requester, work);

/**
 * SQL that is true while the requester's account and session, or token, last; with the values that it binds.
 * @param userId null or another user: nothing is asked
 * @param first the number of the first placeholder
 */
export function stillMay(userId: number | null, first: number): { text: string; values: unknown[] } {
  const requester = requesters.getStore();
  if (requester?.userId !== userId) return { text: 'true', values: [] };
  const [user, credential] = [`$${String(first)}::integer`, `$${String(first + 1)}`];
  const { credentials } = requester;
  const lasts =
    'sid' in credentials
      ? // The session's id may have been replaced meanwhile.
        `sessions WHERE ${credential}::text IN (sid, previous_sid) AND expire > now()`
      : `api_tokens WHERE id = ${credential}::integer AND coalesce(expires_at > now(), true)`;
  return {
    text: `EXISTS (SELECT FROM users WHERE id = ${user} AND NOT disabled)
      AND EXISTS (SELECT FROM ${lasts} AND user_id = ${user})`,
    values: [userId, 'sid' in credentials ? credentials.sid : credentials.tokenId],
  };
}

/**
 * For what takes long and writes nothing, such as an export.
 * @returns asks, from wherever it is called. It throws UnauthorizedError where the requester may not any more
 */
export function accessGuard(userId: number): () => Promise<void> {
  const { text, values } = stillMay(userId, 1);
  return async () => {
    const [row] = await sql<{ allowed: boolean }>(`SELECT ${text} AS allowed`, values);
    if (!row?.allowed) throw new UnauthorizedError('errors.unauthorized');
  };
}
