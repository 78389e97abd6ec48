import type { Logger } from '../../lib/logger.ts';
import { presentCatchUp } from '../../presenters/event.ts';
import { heldPositions } from '../../schemas/event.ts';
import { findExcess } from '../../lib/bounds.ts';
import type { CatchUpAnswer, ConnectionError, Positions } from '../../shared/events.ts';
import type { SocketLimits } from '../sockets/limits.ts';
import type { ListReaders } from './readers.ts';
import { listIdsOf, type Tab } from '../sockets/sockets.ts';
import { eventsSince } from '../../models/event/queries.ts';

/** @returns null for what no client of ours sends */
function readPositions(message: unknown, { catchUpLists }: SocketLimits): Positions | null {
  const bounds = { keys: catchUpLists, values: 1 + 3 * catchUpLists, items: 0, depth: 2, text: 100 * catchUpLists };
  return findExcess(message, bounds) ? null : (heldPositions.safeParse(message).data ?? null);
}

/**
 * Answers `catch_up`, the only message that a tab sends. Whatever is committed after the answer to its first one
 * reaches the tab as an event, in every list that it may see. Errors are answered as `{error}`: `invalid` (malformed),
 * `busy` (too many at once) or `unavailable` (database error). A tab that sends a few malformed or other messages is
 * disconnected.
 * @param joined resolves when the tab is in its rooms: later commits reach it as events
 */
export function answerCatchUps(
  tab: Tab,
  joined: Promise<unknown>,
  readers: ListReaders,
  limits: SocketLimits,
  log: Logger,
): void {
  const { viewer, origin } = tab.data;
  let running = 0;
  let malformed = 0;
  const countMalformed = (): void => {
    malformed += 1;
    if (malformed !== limits.malformedPackets) return;
    log.warn({ userId: viewer.id }, 'malformed packets, disconnecting the tab');
    // With a disconnect packet: after one, socket.io's client does not reconnect by itself.
    tab.disconnect(true);
  };
  const answerTo = async (message: unknown): Promise<CatchUpAnswer | ConnectionError> => {
    const positions = readPositions(message, limits);
    if (!positions) return { error: 'invalid' };
    if (running === limits.catchUpsAtOnce) return { error: 'busy' };
    running += 1;
    try {
      await joined;
      await readers.ready(listIdsOf(tab));
      return presentCatchUp(await eventsSince(viewer.id, positions), positions, origin);
    } catch (error) {
      log.warn({ err: error, userId: viewer.id }, 'catch-up failed');
      return { error: 'unavailable' };
    } finally {
      running -= 1;
    }
  };
  // Typed, but a tab may send anything, with or without an acknowledgement.
  tab.onAny((name: string, ...message: unknown[]) => {
    const answer = message.pop();
    if (name !== 'catch_up' || typeof answer !== 'function') {
      countMalformed();
      return;
    }
    const answered = message.length === 1 ? answerTo(message[0]) : Promise.resolve({ error: 'invalid' as const });
    void answered.then((result) => {
      (answer as (result: unknown) => void)(result);
      if ('error' in result && result.error === 'invalid') countMalformed();
    });
  });
}
