/* eslint-disable max-lines -- how versions reach the list and the page around it is one thread, read top to bottom */
/**
 * Keeps the current page up to date over this tab's connection. Over 200 lines, because page, connection and refresh
 * interact in all of it.
 */
import type {
  CatchUpAnswer,
  CategoryEvent,
  ListEvent,
  Positions,
  SessionEnd,
  TaskEvent,
  TaskPayload,
  ConnectionError,
} from '../shared/events.ts';
import { dayIn } from '../shared/format.ts';
import { announceArrivals } from './behaviours/announcer.ts';
import { updateCategory } from './behaviours/categories.ts';
import { showLiveness, translateNotices } from './behaviours/connection-notice.ts';
import { restoreDrafts } from './behaviours/drafts.ts';
import { warnEditors } from './behaviours/editor-guard.ts';
import { countUnread, markInboxRead, showUnread } from './behaviours/inbox.ts';
import { countPeople, showPeople } from './behaviours/people.ts';
import { abandonRequests, openMissed, startOffline } from './behaviours/offline.ts';
import { Refresh } from './behaviours/refresh.ts';
import { leaveForSignIn } from './behaviours/session-end.ts';
import { isSending } from './behaviours/submit-once.ts';
import { countInTitle, showTitle } from './behaviours/title.ts';
import { mayMove, mayRedraw, onInteractionChange } from './list/interaction-guard.ts';
import { serverNow } from './clock.ts';
import { readLivePage, type LivePage } from './live-page.ts';
import { mainElement, readContext, writePositions } from './page.ts';
import { isOwnChange, openOutboxPage } from './outbox/index.ts';
import { retryOutbox } from './outbox/outbox.ts';
import { abandonSending } from './outbox/send.ts';
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
  // A cached snapshot's positions must match its rows.
  document.addEventListener('turbo:before-cache', () => page?.list?.flush());
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof Element && target.closest('[data-waiting]'))) return;
    page?.list?.flush();
    refresh.settle(true);
  });
  startOffline(() => connection?.isLost ?? !navigator.onLine);
  document.addEventListener('visibilitychange', onVisible);
  addEventListener('focus', onVisible);
  setInterval(checkDay, DAY_CHECK_MS);
  onInteractionChange(() => {
    page?.list?.settle();
    refresh.settle();
  });
}

/** A page has just been drawn: replaces the state of the previous one. */
function openPage(): void {
  refresh.cancel();
  page?.list?.close();
  const main = mainElement();
  const context = readContext();
  restoreDrafts();
  showTitle();
  openOutboxPage(context, drawSaved, () => {
    refresh.schedule(true);
  });
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
  // A cached page is corrected once; the fresh page drawn afterwards has the right count.
  if (showInbox(page)) countUnread(null);
  markInboxRead();
  translateNotices(context.t);
  const isFirst = connection === null;
  connection ??= connect({
    due: () => {
      retryOutbox();
      void catchUp();
    },
    disconnected: () => {
      page?.positions.failed();
      countUnread(null);
      showConnection();
    },
    lost: () => {
      abandonRequests();
      abandonSending();
    },
    refused: () => {
      leaveForSignIn('expired');
    },
    message: onMessage,
  });
  showLiveness(isFirst || connection.reach === 'live' ? 'connecting' : connection.reach);
  void catchUp();
}

function showConnection(): void {
  if (!connection) return;
  const { reach, silentFor } = connection;
  showLiveness(reach === 'live' && page?.positions.stale ? 'stale' : reach, silentFor);
  if (reach !== 'reconnecting') openMissed();
}

/** Brings the page up to date: on connecting, after a gap, when the tab is shown again, and on every navigation. */
async function catchUp(): Promise<void> {
  const asked = page;
  if (!asked || asked.asking || !connection?.mayAsk) return;
  asked.asking = true;
  const overHttp = !connection.connected;
  const answer = await connection.catchUp(asked.positions.ask());
  asked.asking = false;
  // Another page was opened meanwhile and has sent its own catch-up.
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
  if (answered || overHttp) showConnection();
  // Nothing has reported what was committed between that answer and the socket's connection.
  if (overHttp && connection.connected) void catchUp();
}

const isError = (answer: CatchUpAnswer | ConnectionError): answer is ConnectionError =>
  typeof answer.error === 'string';

/** The tab is visible again. */
function onVisible(): void {
  if (document.hidden) return;
  checkDay();
  markInboxRead();
  void catchUp();
}

/** "Done today" and "late" change at midnight. */
function checkDay(): void {
  if (page && !document.hidden && page.day !== dayIn(page.context.timeZone, serverNow())) refresh.schedule();
}

function onMessage(name: string, payload: unknown): void {
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

/** @returns whether the page showed another count */
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

/** @returns whether a task arrived that was not just created in this tab */
function follow(shown: LivePage, { name, payload }: ListEvent): boolean {
  switch (name) {
    case 'new_task':
    case 'task_restored':
      return applyTask(shown, payload, true);
    case 'task_updated':
      // No actor: its window opened.
      return applyTask(
        shown,
        payload,
        !('gone' in payload) && !payload.actor && payload.available && payload.availableFrom !== null,
      );
    case 'task_deleted':
    case 'task_purged':
      return applyTask(shown, payload, false);
    case 'category_changed':
      applyCategory(shown, payload);
      return false;
    default:
      refresh.schedule();
      return false;
  }
}

function applyTask({ context, states, list, main }: LivePage, task: TaskEvent, isNew: boolean): boolean {
  const own = task.actor?.id === context.viewerId && (isSending() || (!('gone' in task) && isOwnChange(task, isNew)));
  const verdict = states.receive(task);
  if (!own) warnEditors(task);
  if (!list) {
    if (main.querySelector(`[data-list-page], [data-refreshed], [data-shown-task="${task.id}"]`)) refresh.schedule(own);
    return isNew && !own && !('gone' in task);
  }
  // Only the server knows the counts of other lists and of the user's own tasks.
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

/** Shows what this tab has changed, ahead of its event. @returns false if only the server can draw it */
function drawSaved(task: TaskPayload | null, isNew: boolean): boolean {
  if (!page?.list || !task) {
    if (page?.main.querySelector('[data-list-page]')) refresh.schedule(true);
    return false;
  }
  const list = { id: task.listId, epoch: '', version: 0 };
  if (page.states.receive({ ...task, list, actor: null }) === 'show') page.list.show(task, { fresh: isNew, own: true });
  return true;
}

/** A rename is one event for all rows; only lists rendered by the server and new categories need a reload. */
function applyCategory({ context, list }: LivePage, category: CategoryEvent): void {
  const known = updateCategory(category, context);
  if (!list || !known) refresh.schedule();
}

function showWaiting(): void {
  const button = page?.main.querySelector<HTMLElement>('[data-waiting]');
  if (!button || !page) return;
  button.textContent = page.context.t('live.changed');
  button.hidden = false;
}
