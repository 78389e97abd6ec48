import type { Logger } from '../../lib/logger.ts';
import { z } from 'zod';
import { presentCatchUp } from '../../presenters/event.ts';
import { recordId } from '../../lib/parse.ts';
import type { CatchUpAnswer, ConnectionError } from '../../shared/events.ts';
import type { SocketLimits } from '../sockets/limits.ts';
import type { ListReaders } from './readers.ts';
import { listIdsOf, type Tab } from '../sockets/sockets.ts';
import { eventsSince } from '../../models/event/queries.ts';

const position = z.strictObject({ epoch: z.string().max(64), version: z.int().nonnegative() });
const listKey = z.string().refine((key) => recordId.safeParse(key).success);
const positionsSchema = z.record(listKey, position);

/**
 * Answers `catch_up`, the only message that a tab sends. Whatever is committed after the answer to its first one
 * reaches the tab as an event, in every list that it may see. Errors are answered as `{error}`: `invalid` (malformed),
 * `busy` (too many at once) or `unavailable` (database error).
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
  const answerTo = async (message: unknown): Promise<CatchUpAnswer | ConnectionError> => {
    const positions = positionsSchema.safeParse(message);
    if (!positions.success || Object.keys(positions.data).length > limits.catchUpLists) return { error: 'invalid' };
    if (running === limits.catchUpsAtOnce) return { error: 'busy' };
    running += 1;
    try {
      await joined;
      await readers.ready(listIdsOf(tab));
      return presentCatchUp(await eventsSince(tab.data.viewer.id, positions.data), positions.data);
    } catch (error) {
      log.warn({ err: error, userId: tab.data.viewer.id }, 'catch-up failed');
      return { error: 'unavailable' };
    } finally {
      running -= 1;
    }
  };
  // Typed, but a tab may send anything, with or without an acknowledgement.
  tab.on('catch_up', (...message: unknown[]) => {
    const answer = message.pop();
    if (typeof answer !== 'function') return;
    const answered = message.length === 1 ? answerTo(message[0]) : Promise.resolve({ error: 'invalid' });
    void answered.then((result) => {
      (answer as (result: unknown) => void)(result);
    });
  });
}
