/** Catch-up without a socket: one request per list, same answer. */
import type { CatchUpAnswer, Positions } from '../../shared/events.ts';

export interface HttpAnswer {
  /** Null if there was none. */
  answer: CatchUpAnswer | null;
  /** The server no longer knows the session of this tab. */
  signedOut: boolean;
  /** The Retry-After header. */
  retryAfter: string | null;
}

/** @param timeoutMs for each request */
export async function catchUpOverHttp(positions: Positions, timeoutMs: number): Promise<HttpAnswer> {
  const found: HttpAnswer = { answer: null, signedOut: false, retryAfter: null };
  const answer: CatchUpAnswer = {};
  const signal = AbortSignal.timeout(timeoutMs);
  const ask = async ([id, { epoch, version }]: [string, Positions[string]]): Promise<void> => {
    const response = await fetch(`/lists/${id}/events?since=${version}&epoch=${encodeURIComponent(epoch)}`, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      signal,
    });
    found.signedOut ||= response.status === 401;
    found.retryAfter ??= response.headers.get('retry-after');
    // A proxy's error page is not JSON.
    const body = (await response.json()) as CatchUpAnswer;
    if (response.ok) Object.assign(answer, body);
    // A list that is no longer visible is left out, as over the socket.
    else if (response.status !== 404) throw new Error(`answered ${response.status}`);
  };
  try {
    await Promise.all(Object.entries(positions).map(ask));
    found.answer = answer;
  } catch {
    // The caller sees that the answer is missing.
  }
  return found;
}
