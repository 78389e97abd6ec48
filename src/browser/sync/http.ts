/** Catching up without a socket: the same question for each list, the same answer. */
import type { CatchUpAnswer, Positions } from '../../shared/events.ts';

export interface HttpAnswer {
  /** Null where none came. */
  answer: CatchUpAnswer | null;
  /** The server no longer knows the session of this tab. */
  signedOut: boolean;
  /** The header, where the server names when to come back. */
  retryAfter: string | null;
}

/** @param patience milliseconds */
export async function catchUpOverHttp(positions: Positions, patience: number): Promise<HttpAnswer> {
  const found: HttpAnswer = { answer: null, signedOut: false, retryAfter: null };
  const answer: CatchUpAnswer = {};
  const signal = AbortSignal.timeout(patience);
  const ask = async ([id, { epoch, version }]: [string, Positions[string]]): Promise<void> => {
    const response = await fetch(`/lists/${id}/events?since=${version}&epoch=${encodeURIComponent(epoch)}`, {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      signal,
    });
    found.signedOut ||= response.status === 401;
    found.retryAfter ??= response.headers.get('retry-after');
    // What a proxy says instead of us is no JSON.
    const body = (await response.json()) as CatchUpAnswer;
    if (response.ok) Object.assign(answer, body);
    // A list that is not to be seen any more is left out, as over the socket.
    else if (response.status !== 404) throw new Error(`answered ${response.status}`);
  };
  try {
    await Promise.all(Object.entries(positions).map(ask));
    found.answer = answer;
  } catch {
    // Whoever asks sees it by the answer that is missing.
  }
  return found;
}
