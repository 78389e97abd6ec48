/** Notices of the page's script, at its edge, so that they move nothing. They go with the page. */
import type { ShownFlash } from '../../shared/events.ts';
import type { Translate } from '../../shared/translations.ts';
import { announce } from '../behaviours/announcer.ts';
import renderFlash from '../../../views/shared/_flash.pug';

const MAX = 3;

export function startNotices(): void {
  const dismiss = ({ target }: Event): void => {
    if (!(target instanceof Element)) return;
    const notice = target.closest('[data-notices] [data-flash]');
    if (!notice) return;
    const focused = notice.contains(document.activeElement);
    notice.remove();
    if (focused) document.querySelector<HTMLElement>('[data-notices] button, [data-rows] button, main')?.focus();
  };
  document.addEventListener('dismiss', dismiss);
  document.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-dismiss]')) dismiss(event);
  });
}

export function showNotice(flash: ShownFlash, t: Translate): void {
  announce(flash.message);
  const place = document.querySelector('[data-notices]');
  if (!place) return;
  const template = document.createElement('template');
  template.innerHTML = renderFlash({ flash });
  const notice = template.content.firstElementChild;
  if (!notice) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.dataset.dismiss = '';
  button.textContent = '×';
  button.setAttribute('aria-label', t('live.dismiss'));
  notice.append(button);
  // Not in a snapshot of the page.
  notice.setAttribute('data-turbo-temporary', '');
  place.append(notice);
  while (place.children.length > MAX) place.firstElementChild?.remove();
}

/** Says the server's notice to screen readers: one that comes with a page is not said by itself. */
export function announceFlash(main: HTMLElement): void {
  const flash = main.querySelector<HTMLElement>(':scope > [data-flash]:not([data-said])');
  if (!flash) return;
  flash.dataset.said = '';
  announce(flash.querySelector('p')?.textContent ?? '');
}
