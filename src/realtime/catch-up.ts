import type { Logger } from '../lib/logger.ts';
import { z } from 'zod';
import { presentCatchUp } from '../api/presenters/event.ts';
import { recordId } from '../lib/record-id.ts';
import { Turns } from '../lib/turns.ts';
import { Event } from '../models/event.ts';
import type { CatchUpAnswer, FeedEvent, Positions, WireFault } from '../shared/events.ts';
import type { Bounds } from './bounds.ts';
import type { FeedReaders } from './readers.ts';
import type { Tab } from './tabs.ts';

const position = z.strictObject({ epoch: z.string().max(64), version: z.int().nonnegative() });
const feedKey = z.string().refine((key) => recordId.safeParse(key).success);
const positionsSchema = z.record(feedKey, position);

/** A catch-up may read some MB: fifty tabs that ask at once would hold every connection, and pages would wait. */
const turns = new Turns(2, 200, () => new Error('too many catch-ups of one person'));

/**
 * Answers the one message that a tab sends. A fault is answered as `{error}`: `invalid` (the message has not
 * the shape of the wire), `busy` (too many at once), `unavailable` (the database cannot be asked now).
 * @param joined resolves when the tab is in its rooms: what is committed later reaches it as an event
 */
export function answerCatchUps(tab: Tab, joined: Promise<unknown>, readers: FeedReaders, bounds: Bounds, log: Logger): void {
  let running = 0;
  const answerTo = async (message: unknown): Promise<CatchUpAnswer | WireFault> => {
    const positions = positionsSchema.safeParse(message);
    if (!positions.success || Object.keys(positions.data).length > bounds.catchUpFeeds) return { error: 'invalid' };
    if (running === bounds.catchUpsAtOnce) return { error: 'busy' };
    running += 1;
    try {
      await joined;
      const { id } = tab.data.viewer;
      return await turns.run(id, () => catchUp(id, positions.data, readers, bounds));
    } catch (fault) {
      log.warn({ err: fault, userId: tab.data.viewer.id }, 'a tab could not catch up');
      return { error: 'unavailable' };
    } finally {
      running -= 1;
    }
  };
  // Typed by the wire, but a tab may send anything, with or without a way to answer it.
  tab.on('catch_up', (...message: unknown[]) => {
    const answer = message.pop();
    if (typeof answer !== 'function') return;
    const answered = message.length === 1 ? answerTo(message[0]) : Promise.resolve({ error: 'invalid' });
    void answered.then((said) => { (answer as (said: unknown) => void)(said); });
  });
}

async function catchUp(userId: number, held: Positions, readers: FeedReaders, bounds: Bounds): Promise<CatchUpAnswer> {
  await readers.bases(Object.keys(held).map(Number));
  return withinBound(presentCatchUp(await Event.since(userId, held), held), bounds);
}

/** A page of the list is small however much was written meanwhile, an answer with every long note is not. */
function withinBound(answer: CatchUpAnswer, { catchUpCharacters }: Bounds): CatchUpAnswer {
  let room = catchUpCharacters;
  return Object.fromEntries(Object.entries(answer).map(([feedId, feed]) => {
    if ('reset' in feed) return [feedId, feed];
    room -= feed.events.reduce((sum, event) => sum + textLength(event), 0);
    return [feedId, room < 0 ? { epoch: feed.epoch, version: feed.version, reset: true as const } : feed];
  }));
}

const textLength = ({ payload }: FeedEvent): number =>
  'description' in payload ? payload.description.length + (payload.notes?.length ?? 0) : 0;
