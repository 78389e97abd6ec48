import { limits } from '../shared/limits.ts';
import type { CatchUpAnswer, ListEvent, TaskEventName } from '../shared/events.ts';
import { presentCategory } from './category.ts';
import { presentTask } from './task.ts';
import type { ClientPosition, EventRecord, ListLog } from '../models/event/queries.ts';

/** One event as the tabs get it: the subject as it is now, or `gone` where it is not in this list any more. */
export function presentEvent(log: ListLog, event: EventRecord): ListEvent {
  const announced = { list: { id: log.listId, epoch: log.epoch, version: event.version }, actor: event.actor };
  const gone = { id: event.subjectId, revision: event.revision ?? event.version, gone: true } as const;
  if (event.subject === 'category') {
    return {
      name: 'category_changed',
      payload: { ...(event.category ? presentCategory(event.category) : gone), ...announced },
    };
  }
  if (event.subject === 'user') {
    return {
      name: event.name as 'member_joined' | 'member_left',
      payload: { ...(event.person ?? { id: event.subjectId, name: '' }), ...announced },
    };
  }
  return {
    name: event.name as TaskEventName,
    payload: { ...(event.task ? presentTask(event.task) : gone), ...announced },
  };
}

/**
 * What a tab at `held` needs to be current. Exact or nothing: the events must run without a gap from the
 * tab's version to the one read, and bring no more text than one answer may, else the tab loads afresh.
 */
export function presentCatchUp(logs: ListLog[], held: Record<string, ClientPosition>): CatchUpAnswer {
  const answer: CatchUpAnswer = {};
  let room: number = limits.catchUpText;
  for (const log of logs) {
    const { epoch, version } = log;
    const tab = held[log.listId];
    if (!tab) continue;
    const events = isComplete(log, tab) ? log.events.map((event) => presentEvent(log, event)) : null;
    room -= events?.reduce((sum, event) => sum + textLength(event), 0) ?? 0;
    answer[log.listId] = events && room >= 0 ? { epoch, version, events } : { epoch, version, reset: true };
  }
  return answer;
}

const isComplete = ({ epoch, version, events }: ListLog, tab: ClientPosition): boolean =>
  (tab.epoch ?? epoch) === epoch && tab.version + events.length === version && events.length <= limits.catchUp;

/** A page of the list is small however much was written meanwhile, an answer with every long note is not. */
const textLength = ({ payload }: ListEvent): number =>
  'description' in payload ? payload.description.length + (payload.notes?.length ?? 0) : 0;
