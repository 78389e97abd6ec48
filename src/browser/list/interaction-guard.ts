/**
 * Nothing moves under the pointer, the focus or an open editor. Elements above the change, such as quick add, do not
 * block it.
 */

/** Whether elements at or below `anchor` may move now. */
export function mayMove(anchor: Element): boolean {
  if (wasJustPressed()) return false;
  return !elementsInUse().some(
    (element) => element === anchor || isAtOrBelow(element, anchor) || isWaitingButton(element),
  );
}

/** Whether a page without rows may be redrawn: nothing on it is in use. */
export function mayRedraw(main: Element): boolean {
  return !elementsInUse().some((element) => main.contains(element) && element.closest(USABLE));
}

/** How long after a press on a row this tab's own changes wait before they move rows: the next press may follow. */
const REST_MS = 1000;
let lastPress = -Infinity;
let onRested: () => void = () => undefined;

/** A row was pressed with a pointer. */
export function notePress(): void {
  lastPress = performance.now();
  setTimeout(() => {
    if (hasRested()) onRested();
  }, REST_MS + 20);
}

/** Whether what the person did at this tab may move rows now, also under the pointer. */
export const hasRested = (): boolean =>
  !wasJustPressed() && !document.querySelector('[data-rows] details[open], dialog[open]');

const wasJustPressed = (): boolean => performance.now() - lastPress <= REST_MS;

/** Calls back when the pointer, the focus or the page's visibility has changed, and some time after the last press. */
export function onInteractionChange(callback: () => void): void {
  let asked = false;
  onRested = callback;
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
