/** "9 open" above the list, and the number beside the list in the menu. */
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

/** Adjusts the count of open tasks by one. */
export function changeOpenOf(listId: number, change: 1 | -1, context: PageContext): void {
  const element = document.querySelector<HTMLElement>(`[data-open-of="${listId}"]`);
  if (element) showOpenOf(listId, Math.max(0, Number(element.dataset.open) + change), context);
}

export function showOpenOf(listId: number, count: number, context: PageContext): void {
  const element = document.querySelector<HTMLElement>(`[data-open-of="${listId}"]`);
  if (!element) return;
  element.dataset.open = String(count);
  showCount(element, count, context.t('live.open', { count }), context);
}

/** @param label the number as a phrase, for screen readers */
export function showCount(element: HTMLElement, count: number, label: string, { locale }: PageContext): void {
  element.hidden = count === 0;
  element.textContent = formatNumber(count, locale);
  element.setAttribute('aria-label', label);
}
