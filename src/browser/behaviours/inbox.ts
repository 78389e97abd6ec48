import { showCount } from '../list/open-count.ts';
import type { PageContext } from '../page.ts';

let unread: number | null = null;

/** Stores the last unread count received; null: not connected, so the page's own count is shown. */
export function countUnread(count: number | null): void {
  unread = count;
}

/** Shows the count, also on a page from a cache. @returns whether the page showed another one */
export function showUnread(context: PageContext): boolean {
  const element = document.querySelector<HTMLElement>('[data-unread]');
  if (!element || unread === null) return false;
  const said = element.textContent;
  showCount(element, unread, context.t('live.unread', { count: unread }), context);
  return element.textContent !== said;
}

/** Marks a task's inbox items as read when its page is viewed; they stay visible until the page is redrawn. */
export function markInboxRead(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-reading]');
  if (!form || document.hidden) return;
  void fetch(form.action, {
    method: 'POST',
    body: new URLSearchParams(new FormData(form) as unknown as Record<string, string>),
    redirect: 'manual',
  }).then(
    ({ status }) => {
      if (status < 400) form.remove();
    },
    () => undefined,
  );
}
