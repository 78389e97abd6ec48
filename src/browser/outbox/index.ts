/** The outbox as the current page shows it. */
import type { ShownFlash, TaskPayload } from '../../shared/events.ts';
import { announce } from '../behaviours/announcer.ts';
import { leaveForSignIn } from '../behaviours/session-end.ts';
import { startPressGuard } from '../list/press-guard.ts';
import type { PageContext } from '../page.ts';
import { announceFlash, showNotice, startNotices } from './notices.ts';
import { hasWaiting, isSlow, openOutbox, pendingAdditions, pendingToggles, sendBeforeLeaving } from './outbox.ts';
import { GONE, type Change } from './send.ts';
import { openQuickAdd, refusal, startQuickAdd, takeBackRefused } from './quick-add.ts';
import { showPendingToggles, startToggles } from './toggles.ts';
import { forgetSaved, isBeingSaved, keepSaved, showUnsaved } from './unsaved-rows.ts';

let context: PageContext | null = null;
/** Tasks that this tab has added. */
const added = new Set<number>();

/** Before whatever else listens to forms. */
export function startOutbox(): void {
  document.addEventListener('submit', askBeforeSignOut, { capture: true });
  addEventListener('pagehide', sendBeforeLeaving);
  startQuickAdd();
  startToggles();
  startNotices();
  startPressGuard((row) => {
    const text = context?.t('live.held') ?? '';
    row.dataset.held = text;
    announce(text);
  });
}

/**
 * For each page that is drawn; null without a signed-in user.
 * @param draw shows a saved task; false if only the server can draw it
 * @param correct a press was refused: the page shows something wrong
 */
export function openOutboxPage(
  page: PageContext | null,
  draw: (task: TaskPayload | null, isNew: boolean) => boolean,
  correct: () => void,
): void {
  context = page;
  forgetSaved();
  if (page) openQuickAdd(page.t);
  openOutbox(page ? String(page.viewerId) : '', {
    changed: show,
    saved: (change, task, notice) => {
      saved(change, task, notice, draw);
    },
    refused: (change, reason) => {
      refused(change, reason);
      if (change.kind === 'toggle') correct();
    },
    signedOut: () => {
      leaveForSignIn('expired');
    },
  });
  takeBackRefused();
  show();
  const main = document.querySelector('main');
  if (main) announceFlash(main);
}

/** Whether this tab is making, or has made, the change. */
export function isOwnChange(task: TaskPayload, isNew: boolean): boolean {
  if (added.has(task.id) || pendingToggles().some((toggle) => toggle.task === task.id)) return true;
  if (!isNew || task.userId !== context?.viewerId || !isBeingSaved(task.description, task.listId)) return false;
  added.add(task.id);
  // Its row is drawn right after this.
  queueMicrotask(show);
  return true;
}

/** Signing out forgets what is not saved: the first press says so, the second does it. */
function askBeforeSignOut(event: SubmitEvent): void {
  const form = event.target;
  if (!context || !(form instanceof HTMLFormElement) || new URL(form.action).pathname !== '/logout') return;
  if (pendingAdditions().length === 0 || form.dataset.asked !== undefined) return;
  form.dataset.asked = '';
  event.preventDefault();
  event.stopImmediatePropagation();
  showNotice({ kind: 'alert', message: context.t('live.signOut') }, context.t);
}

const confirmClosing = (event: BeforeUnloadEvent): void => {
  event.preventDefault();
};

/** What cannot be sent is lost with the tab. Set only then, because the listener keeps pages out of some caches. */
function askBeforeClosing(): void {
  window.onbeforeunload = isSlow() && hasWaiting() ? confirmClosing : null;
}

function show(): void {
  askBeforeClosing();
  if (!context) return;
  showUnsaved(context.t);
  showPendingToggles();
}

function saved(
  change: Change,
  task: TaskPayload | null,
  notice: ShownFlash | null,
  draw: (task: TaskPayload | null, isNew: boolean) => boolean,
): void {
  if (!context) return;
  const { t } = context;
  const isNew = change.kind === 'add';
  if (isNew && task) added.add(task.id);
  if (!draw(task, isNew) && isNew) keepSaved(change);
  show();
  if (notice) showNotice(notice, t);
  else if (task)
    announce(
      t(isNew ? 'live.added' : task.completed ? 'live.completed' : 'live.reopened', { description: task.description }),
    );
}

function refused(change: Change, reason: string): void {
  if (!context) return;
  const { t } = context;
  takeBackRefused();
  show();
  if (change.kind === 'toggle')
    showNotice(
      {
        kind: 'alert',
        message: t('live.failed', {
          description: change.text,
          reason: reason === GONE ? t('live.gone') : reason || t('live.serverError'),
        }),
      },
      t,
    );
  else if (document.querySelector(`[data-quick-add] [name="listId"][value="${change.listId}"]`))
    announce(`${change.text}: ${refusal(t, change)}`);
  else
    showNotice(
      {
        kind: 'alert',
        message: `${change.text}: ${refusal(t, change)}`,
        link: { href: change.page, label: t('live.takeBack') },
      },
      t,
    );
}
