import { showCount } from '../list/open-count.ts';
import type { PageContext } from '../page.ts';

let unread: number | null = null;

/** What there is to read, as this tab was told last; null: what the pages say holds, because nobody tells now. */
export function countUnread(count: number | null): void {
  unread = count;
}

/** Also on a page that the browser had kept. @returns whether the page said something else */
export function showUnread(context: PageContext): boolean {
  const element = document.querySelector<HTMLElement>('[data-unread]');
  if (!element || unread === null) return false;
  const said = element.textContent;
  showCount(element, unread, context.t('live.unread', { count: unread }), context);
  return element.textContent !== said;
}

/** Somebody looks at the news of a task: they are read. What they say stays until the page is drawn anew. */
export function readNews(): void {
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
