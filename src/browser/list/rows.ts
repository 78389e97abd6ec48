/** The rows of the list as elements: rendered by the server's partial and kept in order. */
import { morphElements } from '@hotwired/turbo';
import { rowOf } from '../../shared/row.ts';
import type { TaskPayload } from '../../shared/events.ts';
import renderRow from '../../../views/tasks/_row.pug';
import { serverNow } from '../clock.ts';
import type { PageContext } from '../page.ts';
import { compareIn, type Block, type Placed } from './ordering.ts';

export const rowsIn = (block: Element): HTMLElement[] => [
  ...block.querySelectorAll<HTMLElement>(':scope > [data-task]'),
];

/** @param fresh whether it has just arrived */
export function makeRow(task: TaskPayload, fresh: boolean, context: PageContext): HTMLElement {
  const { t, locale, timeZone, categories, viewerId } = context;
  const from = location.pathname + location.search;
  const row = rowOf(task, { t, locale, timeZone, categories, viewerId, now: serverNow(), live: fresh, from });
  const template = document.createElement('template');
  template.innerHTML = renderRow({ row, t });
  const element = template.content.querySelector<HTMLElement>('[data-task]');
  if (!element) throw new Error('the row partial draws no row');
  return element;
}

/** Redraws the row in place; focus and pointer stay where they are. */
export function redraw(row: HTMLElement, drawn: HTMLElement): void {
  if (row.outerHTML !== drawn.outerHTML) morphElements(row, drawn.cloneNode(true) as HTMLElement);
}

/** Redraws the row unless its height would change and move other rows. */
export function redrawInPlace(row: HTMLElement, drawn: HTMLElement): void {
  const before = row.cloneNode(true) as HTMLElement;
  const height = row.offsetHeight;
  redraw(row, drawn);
  if (row.offsetHeight !== height) redraw(row, before);
}

/**
 * Inserts a row at its place in the order.
 * @param isPlaced whether another row is at its place: one that was redrawn where it stood says nothing about the order
 */
export function insert(row: HTMLElement, list: Element, block: Block, isPlaced: (id: number) => boolean): void {
  const placed = placedOf(row);
  const isAfter = (other: HTMLElement): boolean => {
    const there = placedOf(other);
    return isPlaced(there.id) && compareIn(block, placed, there) < 0;
  };
  const next = rowsIn(list).find((other) => other !== row && isAfter(other)) ?? null;
  if (row.parentElement === list && following(row) === next) return;
  // Moving an element would lose the focus.
  const focused = row.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
  list.insertBefore(row, next);
  focused?.focus({ preventScroll: true });
}

export const placedOf = ({ dataset }: HTMLElement): Placed => ({
  id: Number(dataset.task),
  created: dataset.created ?? '',
  completed: dataset.completed ?? null,
});

function following(row: Element): Element | null {
  let next = row.nextElementSibling;
  while (next && !next.matches('[data-task]')) next = next.nextElementSibling;
  return next;
}
