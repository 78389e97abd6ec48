import { limits } from '../shared/limits.ts';
import type { CatchUpAnswer, ListEvent, TaskEventName } from '../shared/events.ts';
import { presentCategory } from './category.ts';
import { presentTask } from './task.ts';
import type { ClientPosition, EventRecord, ListLog } from '../models/event/queries.ts';

/** An event as tabs receive it: the subject as it is now, or `gone` if it is no longer in this list. */
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
  if (event.subject === 'list')
    return { name: 'list_renamed', payload: { id: log.listId, name: event.listName ?? '', ...announced } };
  return {
    name: event.name as TaskEventName,
    payload: { ...(event.task ? presentTask(event.task) : gone), ...announced },
  };
}

/** Adds the URL of the subject in the API. @param origin by which the recipient reached the server */
export function addUrl(event: ListEvent, origin: string): ListEvent {
  const { name, payload } = event;
  if ('gone' in payload || name === 'member_joined' || name === 'member_left') return event;
  const folder = name === 'category_changed' ? 'categories' : name === 'list_renamed' ? 'lists' : 'tasks';
  return { name, payload: { url: `${origin}/api/v1/${folder}/${String(payload.id)}`, ...payload } } as ListEvent;
}

/**
 * What a tab at the positions `held` needs to become current. All or nothing: if the events have a gap between the
 * tab's version and the one read, or too much text for one answer, the tab has to reload.
 * @param origin by which the tab reached the server
 */
export function presentCatchUp(logs: ListLog[], held: Record<string, ClientPosition>, origin: string): CatchUpAnswer {
  const answer: CatchUpAnswer = {};
  let budget: number = limits.catchUpText;
  for (const log of logs) {
    const { epoch, version } = log;
    const tab = held[log.listId];
    if (!tab) continue;
    const events = isComplete(log, tab) ? log.events.map((event) => addUrl(presentEvent(log, event), origin)) : null;
    budget -= events?.reduce((sum, event) => sum + textLength(event), 0) ?? 0;
    answer[log.listId] = events && budget >= 0 ? { epoch, version, events } : { epoch, version, reset: true };
  }
  return answer;
}

const isComplete = ({ epoch, version, events }: ListLog, tab: ClientPosition): boolean =>
  (tab.epoch ?? epoch) === epoch && tab.version + events.length === version && events.length <= limits.catchUp;

/** A reload is one page whatever has changed; an answer with every long note could be far larger. */
const textLength = ({ payload }: ListEvent): number =>
  'description' in payload ? payload.description.length + (payload.notes?.length ?? 0) : 0;
