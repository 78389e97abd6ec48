/** Notices of the page's script, at its edge, so that they move nothing. They go with the page. */
import type { ShownFlash } from '../../shared/events.ts';
import type { Translate } from '../../shared/translations.ts';
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
  place.append(notice);
  while (place.children.length > MAX) place.firstElementChild?.remove();
}
