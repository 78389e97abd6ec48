/**
 * Nothing moves under the pointer, under the keyboard's focus or under an open editor. What stands above them
 * may change: that is the quick add, which a row that arrives below does not move.
 */

/** Whether what stands at or below `anchor` may move now. */
export function mayMove(anchor: Element): boolean {
  return !heldElements().some((element) => element === anchor || isAtOrBelow(element, anchor) || isOnItsWay(element));
}

/** Whether a page without rows may be drawn anew: nobody is about to use anything on it. */
export function mayRedraw(main: Element): boolean {
  return !heldElements().some((element) => main.contains(element) && element.closest(USABLE));
}

/** Calls back when the pointer, the focus or the page's visibility have changed. */
export function onStir(callback: () => void): void {
  let asked = false;
  const ask = (): void => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      callback();
    });
  };
  for (const name of ['pointerover', 'pointerup', 'focusin', 'focusout', 'toggle', 'scrollend'])
    document.addEventListener(name, ask, { capture: true, passive: true });
  document.documentElement.addEventListener('pointerleave', ask);
  document.addEventListener('visibilitychange', callback);
}

const USABLE = 'a, button, input, select, textarea, label, summary, form, [data-editor]';

function heldElements(): Element[] {
  const editors = [...document.querySelectorAll('[data-editor], [data-rows] details[open], dialog[open]')];
  if (document.hidden) return editors;
  const hovered = matchMedia('(hover: hover)').matches
    ? [...document.querySelectorAll('main :hover')].at(-1)
    : document.querySelector('main :active');
  const focused = document.querySelector('main :focus-visible');
  return [...editors, hovered, focused].filter((element) => element instanceof Element);
}

/** Whoever goes for the button of what waits shall still find it there. */
const isOnItsWay = (element: Element): boolean =>
  element.closest('.waiting')?.querySelector('[data-waiting]:not([hidden])') != null;

const isAtOrBelow = (element: Element, anchor: Element): boolean =>
  (anchor.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
