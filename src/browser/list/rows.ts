/** The rows of the list as elements: made by the server's own partial, kept in their order. */
import { morphElements } from '@hotwired/turbo';
import { rowOf } from '../../shared/row.ts';
import type { TaskPayload } from '../../shared/events.ts';
import renderRow from '../../../views/tasks/_row.pug';
import type { PageContext } from '../page.ts';
import { compareIn, type Block, type Placed } from './ordering.ts';

export const rowsIn = (block: Element): HTMLElement[] => [
  ...block.querySelectorAll<HTMLElement>(':scope > [data-task]'),
];

/** @param fresh whether it has just arrived */
export function makeRow(task: TaskPayload, fresh: boolean, context: PageContext): HTMLElement {
  const { t, locale, timeZone, categories, viewerId } = context;
  const row = rowOf(task, { t, locale, timeZone, categories, viewerId, now: new Date(), live: fresh });
  const template = document.createElement('template');
  template.innerHTML = renderRow({ row, t });
  const element = template.content.querySelector<HTMLElement>('[data-task]');
  if (!element) throw new Error('the row partial draws no row');
  return element;
}

/** Draws the row anew where it stands; the focus and the pointer keep what they are on. */
export function redraw(row: HTMLElement, drawn: HTMLElement): void {
  if (row.outerHTML !== drawn.outerHTML) morphElements(row, drawn.cloneNode(true) as HTMLElement);
}

/** Redraws only what does not push other rows away: a row that would change its height stays as it is. */
export function redrawInPlace(row: HTMLElement, drawn: HTMLElement): void {
  const before = row.cloneNode(true) as HTMLElement;
  const height = row.offsetHeight;
  redraw(row, drawn);
  if (row.offsetHeight !== height) redraw(row, before);
}

/** Puts a row where the order has it. */
export function insert(row: HTMLElement, list: Element, block: Block): void {
  const placed = placedOf(row);
  const next = rowsIn(list).find((other) => other !== row && compareIn(block, placed, placedOf(other)) < 0) ?? null;
  if (row.parentElement === list && following(row) === next) return;
  // An element that is moved loses the focus.
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
