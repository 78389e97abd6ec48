import { createHash } from 'node:crypto';
import { sql } from '../../database/sql.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { KeyReuseError } from '../../lib/errors.ts';

/** A response as it was sent. */
export interface StoredResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface KeyedRequest {
  /** Chosen by the client; at most 200 characters. */
  key: string;
  /** Method, address and body. */
  request: string;
}

/**
 * Runs `work` once for each key of the viewer; repeated requests get the stored response. Key and work are committed
 * together, and a concurrent request with the same key waits. If `work` fails, the key stays free.
 * @throws KeyReuseError where the key was used for another request
 */
export function answerOnce(
  viewer: Viewer,
  { key, request }: KeyedRequest,
  work: () => Promise<StoredResponse>,
): Promise<StoredResponse> {
  const digest = createHash('sha256').update(request).digest();
  return unitOfWork(viewer.id, async () => {
    const claimed = await sql(CLAIM, [viewer.id, key, digest]);
    if (claimed.length === 0) return storedResponse(viewer, key, digest);
    const response = await work();
    await sql(STORE, [viewer.id, key, response.status, JSON.stringify(response.headers), response.body]);
    return response;
  });
}

/** Deletes keys that are older than a day, at most 1,000. @returns how many */
export async function pruneIdempotencyKeys(): Promise<number> {
  return (await sql(PRUNE)).length;
}

async function storedResponse(viewer: Viewer, key: string, digest: Buffer): Promise<StoredResponse> {
  const [stored] = await sql<StoredResponse & { digest: Buffer }>(STORED, [viewer.id, key]);
  if (!stored?.digest.equals(digest)) throw new KeyReuseError();
  return { status: stored.status, headers: stored.headers, body: stored.body };
}

const CLAIM = `
  INSERT INTO idempotency_keys (user_id, key, request_digest, status, headers, body) VALUES ($1, $2, $3, 0, '{}', '')
  ON CONFLICT (user_id, key) DO NOTHING RETURNING key`;
const STORE =
  'UPDATE idempotency_keys SET status = $3, headers = $4, body = $5, updated_at = now() ' +
  'WHERE user_id = $1 AND key = $2';
const STORED =
  'SELECT request_digest AS digest, status, headers, body FROM idempotency_keys WHERE user_id = $1 AND key = $2';
const PRUNE = `
  DELETE FROM idempotency_keys WHERE (user_id, key) IN (
    SELECT user_id, key FROM idempotency_keys WHERE created_at < now() - interval '1 day'
    ORDER BY created_at LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) RETURNING key`;
