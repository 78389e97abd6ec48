/**
 * A press on a row that has just moved under the pointer is held back, and says so: it was meant for the row that stood
 * there before. The second click of a double click is no press of its own.
 */
import { notePress } from './interaction-guard.ts';

const AIM_MS = 400;
/** A pointer that was moving this short a time ago is on its way to where rows stood. */
const MOVING_MS = 200;
const HELD_MS = 1600;
const ROWS = '[data-rows] > [data-task]';
const movedAt = new WeakMap<Element, number>();
/** The mouse, or null: where a finger is on its way to is unknown. */
let pointer: { y: number; at: number } | null = null;

/** @param onHeld says, in `data-held` of the row, that the press did nothing */
export function startPressGuard(onHeld: (row: HTMLElement) => void): void {
  document.addEventListener('pointermove', ({ pointerType, clientY: y, timeStamp: at }) => {
    if (pointerType !== 'mouse') pointer = null;
    // The browser also says that it moved when something has moved under it.
    else if (pointer?.y !== y) pointer = { y, at };
  });
  document.addEventListener(
    'click',
    (event) => {
      const button = event.target instanceof Element ? event.target.closest('[data-rows] form button') : null;
      const row = button?.closest<HTMLElement>(ROWS);
      // Keyboard clicks have detail 0 and do not aim at a position.
      if (!row || event.detail === 0) return;
      const held = event.timeStamp - (movedAt.get(row) ?? -Infinity) < AIM_MS;
      if (!held && event.detail === 1) {
        notePress();
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!held) return;
      onHeld(row);
      setTimeout(() => delete row.dataset.held, HELD_MS);
    },
    { capture: true },
  );
}

/** Makes a change that may move rows, and remembers which ones it has moved under the pointer. */
export function watchMoves(change: () => void): void {
  const before = new Map(rows().map((row) => [row, row.getBoundingClientRect().top]));
  change();
  const now = performance.now();
  for (const row of rows()) {
    const was = before.get(row);
    const { top, bottom } = row.getBoundingClientRect();
    const isUnder = !pointer || now - pointer.at < MOVING_MS || (top <= pointer.y && pointer.y <= bottom);
    if (isUnder && (was === undefined || Math.abs(top - was) > 4)) movedAt.set(row, now);
  }
}

/**
 * Makes a change that may take away what has the focus, and then gives it to the same control of the next row, or of
 * the one before: never to the page as a whole.
 */
export function keepFocus(change: () => void): void {
  const restore = rememberFocus();
  change();
  restore();
}

/** @returns a function to call after the change */
export function rememberFocus(): () => void {
  const { activeElement: focused } = document;
  const main = focused?.closest('main');
  const row = focused?.closest<HTMLElement>(ROWS);
  const block = row?.parentElement;
  const control = focused instanceof HTMLAnchorElement ? 'a' : 'form button';
  const ids = block ? [...block.children].map(({ id }) => id) : [];
  const at = ids.indexOf(row?.id ?? '');
  const next = [...ids.slice(at + 1), ...ids.slice(0, Math.max(0, at)).reverse()];
  const kind = block?.dataset.rows;
  const preventScroll = !focused?.matches(':focus-visible');
  return () => {
    const now = document.activeElement;
    const stays = now !== document.body && (!row || now?.closest<HTMLElement>('[data-rows]')?.dataset.rows === kind);
    if (!main || stays) return;
    const heir = next.map((id) => document.getElementById(id)).find((one) => one?.closest(`[data-rows="${kind}"]`));
    const place =
      heir?.querySelector<HTMLElement>(control) ?? (now === document.body ? document.querySelector('main') : null);
    place?.focus({ preventScroll });
  };
}

const rows = (): Element[] => [...document.querySelectorAll(ROWS)];
