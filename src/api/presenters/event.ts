import type { EventRecord, FeedLog } from '../../models/event.ts';
import { limits } from '../../shared/limits.ts';
import type { CatchUpAnswer, FeedEvent, Positions, TaskEventName } from '../../shared/events.ts';
import { presentCategory } from './category.ts';
import { presentTask } from './task.ts';

/** One event as the tabs get it: the subject as it is now, or `gone` where it is not in this feed any more. */
export function presentEvent(log: FeedLog, event: EventRecord): FeedEvent {
  const announced = { feed: { id: log.feedId, epoch: log.epoch, version: event.version }, actor: event.actor };
  const gone = { id: event.subjectId, revision: event.revision ?? event.version, gone: true } as const;
  if (event.subject === 'category') {
    return { name: 'category_changed', payload: { ...(event.category ? presentCategory(event.category) : gone), ...announced } };
  }
  return { name: event.name as TaskEventName, payload: { ...(event.task ? presentTask(event.task) : gone), ...announced } };
}

/**
 * What a tab at `held` needs to be current. Exact or nothing: the events must run without a gap from the
 * tab's version to the one read, else the tab loads afresh.
 */
export function presentCatchUp(logs: FeedLog[], held: Positions): CatchUpAnswer {
  const answer: CatchUpAnswer = {};
  for (const log of logs) {
    const { epoch, version, events } = log;
    const tab = held[log.feedId];
    if (!tab) continue;
    const complete = tab.epoch === epoch && tab.version + events.length === version && events.length <= limits.catchUp;
    answer[log.feedId] = complete
      ? { epoch, version, events: events.map((event) => presentEvent(log, event)) }
      : { epoch, version, reset: true };
  }
  return answer;
}
