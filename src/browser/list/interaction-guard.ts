/**
 * Nothing moves under the pointer, the focus or an open editor. Elements above the change, such as quick add, do not
 * block it.
 */

/** Whether elements at or below `anchor` may move now. */
export function mayMove(anchor: Element): boolean {
  return !elementsInUse().some(
    (element) => element === anchor || isAtOrBelow(element, anchor) || isWaitingButton(element),
  );
}

/** Whether a page without rows may be redrawn: nothing on it is in use. */
export function mayRedraw(main: Element): boolean {
  return !elementsInUse().some((element) => main.contains(element) && element.closest(USABLE));
}

/** Calls back when the pointer, the focus or the page's visibility has changed. */
export function onInteractionChange(callback: () => void): void {
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

function elementsInUse(): Element[] {
  const editors = [...document.querySelectorAll('[data-editor], [data-rows] details[open], dialog[open]')];
  if (document.hidden) return editors;
  const hovered = matchMedia('(hover: hover)').matches
    ? [...document.querySelectorAll('main :hover')].at(-1)
    : document.querySelector('main :active');
  const focused = document.querySelector('main :focus-visible');
  return [...editors, hovered, focused].filter((element) => element instanceof Element);
}

/** The pointer is on its way to the button for waiting rows, which must not disappear. */
const isWaitingButton = (element: Element): boolean =>
  element.closest('.waiting')?.querySelector('[data-waiting]:not([hidden])') != null;

const isAtOrBelow = (element: Element, anchor: Element): boolean =>
  (anchor.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
