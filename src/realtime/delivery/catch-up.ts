import type { Logger } from '../../lib/logger.ts';
import { z } from 'zod';
import { presentCatchUp } from '../../presenters/event.ts';
import { findExcess } from '../../lib/bounds.ts';
import { recordId } from '../../lib/parse.ts';
import type { CatchUpAnswer, ConnectionError } from '../../shared/events.ts';
import type { SocketLimits } from '../sockets/limits.ts';
import type { ListReaders } from './readers.ts';
import { listIdsOf, type Tab } from '../sockets/sockets.ts';
import { eventsSince } from '../../models/event/queries.ts';

const position = z.strictObject({ epoch: z.string().max(64), version: z.int().nonnegative() });
const listKey = z.string().refine((key) => recordId.safeParse(key).success);
const positionsSchema = z.record(listKey, position);

/** @returns null for what no client of ours sends */
function readPositions(message: unknown, { catchUpLists }: SocketLimits): z.output<typeof positionsSchema> | null {
  const bounds = { keys: catchUpLists, values: 1 + 3 * catchUpLists, items: 0, depth: 2, text: 100 * catchUpLists };
  return findExcess(message, bounds) ? null : (positionsSchema.safeParse(message).data ?? null);
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
  let running = 0;
  let malformed = 0;
  const countMalformed = (): void => {
    malformed += 1;
    if (malformed !== limits.malformedPackets) return;
    log.warn({ userId: tab.data.viewer.id }, 'malformed packets, disconnecting the tab');
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
      return presentCatchUp(await eventsSince(tab.data.viewer.id, positions), positions);
    } catch (error) {
      log.warn({ err: error, userId: tab.data.viewer.id }, 'catch-up failed');
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
