/* eslint-disable max-lines -- how versions reach the list and the page around it is one thread, read top to bottom */
/**
 * The page that is shown, kept current by the one connection of this tab. Over 200 lines: one page, one connection and
 * one refresh, and every way by which they meet.
 */
import type {
  CatchUpAnswer,
  CategoryEvent,
  ListEvent,
  Positions,
  SessionEnd,
  TaskEvent,
  ConnectionError,
} from '../shared/events.ts';
import { dayIn } from '../shared/format.ts';
import { announceArrivals } from './behaviours/announcer.ts';
import { followCategory } from './behaviours/categories.ts';
import { showLiveness, showNotSent, speakNotices } from './behaviours/connection-notice.ts';
import { restoreDrafts } from './behaviours/drafts.ts';
import { warnEditors } from './behaviours/editor-guard.ts';
import { countUnread, readNews, showUnread } from './behaviours/inbox.ts';
import { countPeople, showPeople } from './behaviours/people.ts';
import { Refresh } from './behaviours/refresh.ts';
import { leaveForSignIn } from './behaviours/session-end.ts';
import { isSending } from './behaviours/submit-once.ts';
import { countInTitle, showTitle } from './behaviours/title.ts';
import { mayMove, mayRedraw, onStir } from './list/interaction-guard.ts';
import { readLivePage, type LivePage } from './live-page.ts';
import { mainElement, readContext, writePositions } from './page.ts';
import { connect, type Connection } from './sync/connection.ts';
import type { Step } from './sync/positions.ts';

const RETRY_MS = 1000;
const DAY_CHECK_MS = 60_000;
const unknownLists = new Set<string>();
let page: LivePage | null = null;
let connection: Connection | null = null;

const refresh = new Refresh({
  mayDraw: (main) => {
    const rows = main.querySelector('[data-rows]');
    return rows ? mayMove(rows) : mayRedraw(main);
  },
  onWaiting: showWaiting,
  onDrawn: openPage,
});

export function startLive(): void {
  openPage();
  document.addEventListener('turbo:render', openPage);
  // A snapshot's positions speak for all of its rows.
  document.addEventListener('turbo:before-cache', () => page?.list?.flush());
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element && target.closest('[data-waiting]'))) return;
    page?.list?.flush();
    refresh.settle(true);
  });
  document.addEventListener('turbo:submit-end', (event) => {
    if ((event as CustomEvent<{ error?: Error }>).detail.error) showNotSent();
  });
  document.addEventListener('visibilitychange', comeBack);
  addEventListener('focus', comeBack);
  setInterval(turnDay, DAY_CHECK_MS);
  onStir(() => {
    page?.list?.settle();
    refresh.settle();
  });
}

/** The page has just been drawn: what was known of the one before goes with it. */
function openPage(): void {
  refresh.cancel();
  page?.list?.close();
  const main = mainElement();
  const context = readContext();
  restoreDrafts();
  showTitle();
  if (!main || !context) {
    page = null;
    connection?.close();
    connection = null;
    return;
  }
  page = readLivePage(main, context, unknownLists, () => {
    refresh.later();
  });
  showPeople(context.t);
  // A page that the browser had kept is put right once; the fresh one that is drawn then knows better.
  if (showInbox(page)) countUnread(null);
  readNews();
  speakNotices(context.t);
  const isFirst = connection === null;
  connection ??= connect({
    due: () => {
      void catchUp();
    },
    disconnected: () => {
      page?.positions.failed();
      countUnread(null);
      showReach();
    },
    refused: () => {
      leaveForSignIn('expired');
    },
    message: hear,
  });
  showLiveness(isFirst || connection.reach === 'live' ? 'connecting' : connection.reach);
  void catchUp();
}

function showReach(): void {
  if (connection) showLiveness(connection.reach === 'live' && page?.positions.stale ? 'stale' : connection.reach);
}

/** Brings the page to where its lists are: on connecting, after a gap, on coming back, on every navigation. */
async function catchUp(): Promise<void> {
  const asked = page;
  if (!asked || asked.asking || !connection?.mayAsk) return;
  asked.asking = true;
  const overHttp = !connection.connected;
  const answer = await connection.catchUp(asked.positions.ask());
  asked.asking = false;
  // Another page has been opened meanwhile, and has asked for itself.
  if (asked !== page) return;
  const answered = answer && !isError(answer);
  if (answered) {
    take(asked, asked.positions.answer(answer));
  } else {
    asked.positions.failed();
    if (answer)
      setTimeout(
        () => {
          void catchUp();
        },
        RETRY_MS * (1 + Math.random()),
      );
  }
  if (answered || overHttp) showReach();
  // What was committed after that answer and before the socket stood, nobody has told.
  if (overHttp && connection.connected) void catchUp();
}

const isError = (answer: CatchUpAnswer | ConnectionError): answer is ConnectionError =>
  typeof answer.error === 'string';

/** Somebody looks at this tab again. */
function comeBack(): void {
  if (document.hidden) return;
  turnDay();
  readNews();
  void catchUp();
}

/** "Done today" and "late" are another day's from midnight on. */
function turnDay(): void {
  if (page && !document.hidden && page.day !== dayIn(page.context.timeZone, new Date())) refresh.schedule();
}

function hear(name: string, payload: unknown): void {
  if (name === 'session_ended') leaveForSignIn((payload as { reason: SessionEnd }).reason);
  else if (!page) return;
  else if (name === 'count_updated') countPeople((payload as { count: number }).count, page.context.t);
  else if (name === 'inbox_updated') {
    countUnread((payload as { unread: number }).unread);
    showInbox(page);
  } else if (name === 'list_versions') take(page, page.positions.versions(payload as Positions));
  else if (isOfAList(payload)) take(page, page.positions.receive({ name, payload } as ListEvent));
  else refresh.schedule();
}

/** @returns whether the page said something else */
function showInbox({ main, context }: LivePage): boolean {
  const differs = showUnread(context);
  if (differs && main.querySelector('[data-inbox]')) refresh.schedule();
  return differs;
}

const isOfAList = (payload: unknown): boolean => typeof payload === 'object' && payload !== null && 'list' in payload;

function take(shown: LivePage, { apply, reset }: Step): void {
  let arrived = 0;
  for (const event of apply) if (follow(shown, event)) arrived += 1;
  if (apply.length > 0) writePositions(shown.main, shown.positions.current);
  if (shown.list) announceArrivals(arrived, shown.context.t);
  countInTitle(arrived);
  if (reset) refresh.schedule();
  else if (shown.positions.behind) void catchUp();
}

/** @returns whether a task has arrived that the person at this tab has not just written */
function follow(shown: LivePage, { name, payload }: ListEvent): boolean {
  switch (name) {
    case 'new_task':
    case 'task_restored':
      return followTask(shown, payload, true);
    case 'task_updated':
      // Nobody did it: its time has come.
      return followTask(
        shown,
        payload,
        !('gone' in payload) && !payload.actor && payload.available && payload.availableFrom !== null,
      );
    case 'task_deleted':
    case 'task_purged':
      return followTask(shown, payload, false);
    case 'category_changed':
      followLabel(shown, payload);
      return false;
    default:
      refresh.schedule();
      return false;
  }
}

function followTask({ context, states, list, main }: LivePage, task: TaskEvent, isNew: boolean): boolean {
  const own = isSending() && task.actor?.id === context.viewerId;
  const verdict = states.receive(task);
  if (!own) warnEditors(task);
  if (!list) {
    if (main.querySelector(`[data-list-page], [data-refreshed], [data-shown-task="${task.id}"]`)) refresh.schedule();
    return isNew && !own && !('gone' in task);
  }
  // How many are open in other lists, and how many are this person's, only the server knows.
  if (
    !list.isOf(task.list.id) ||
    ('assigneeId' in task && task.assigneeId === context.viewerId) ||
    main.querySelector(`[data-mine][data-task="${task.id}"]`)
  )
    refresh.later();
  if (verdict === 'remove') list.remove(task.id, own);
  else if (verdict === 'show' && !('gone' in task)) return list.show(task, { fresh: isNew, own }) && isNew && !own;
  else if ('gone' in task) list.removeBeyond(task.list.id);
  return false;
}

/** A rename is one event for every row; only lists that the server makes, and new categories, are asked for again. */
function followLabel({ context, list }: LivePage, category: CategoryEvent): void {
  const known = followCategory(category, context);
  if (!list || !known) refresh.schedule();
}

function showWaiting(): void {
  const button = page?.main.querySelector<HTMLElement>('[data-waiting]');
  if (!button || !page) return;
  button.textContent = page.context.t('live.changed');
  button.hidden = false;
}
