/** "9 open" above the list, and the number beside its feed in the menu. */
import { formatNumber } from '../../shared/format.ts';
import type { PageContext } from '../page.ts';

export const openCountIn = (section: Element): number =>
  Number(section.querySelector<HTMLElement>('[data-open-count]')?.dataset.openCount ?? 0);

export function showOpenCount(section: Element, count: number, { t }: PageContext): void {
  const element = section.querySelector<HTMLElement>('[data-open-count]');
  if (!element) return;
  element.dataset.openCount = String(count);
  element.textContent = t('live.open', { count });
}

/** One task more or less is open in the feed. */
export function changeOpenOf(feedId: number, change: 1 | -1, { t, locale }: PageContext): void {
  for (const element of document.querySelectorAll<HTMLElement>(`[data-open-of="${feedId}"]`)) {
    const count = Math.max(0, Number(element.dataset.open) + change);
    element.dataset.open = String(count);
    element.hidden = count === 0;
    element.textContent = formatNumber(count, locale);
    element.setAttribute('aria-label', t('live.open', { count }));
  }
}
