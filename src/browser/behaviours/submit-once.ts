/**
 * One request per click: the second click of a double click is ignored, even if another row has moved under it. Input
 * typed while the first request is in flight is sent afterwards.
 */

const ROWS_SETTLE_MS = 400;
const OWN_MS = 1500;
const sending = new Set<HTMLFormElement>();
/** Each form's content when it was sent. */
const sent = new WeakMap<HTMLFormElement, string>();
let next: HTMLFormElement | null = null;
let leaving = false;
let lastRowPress = -Infinity;
let lastSent = -Infinity;

export function startSubmitOnce(): void {
  document.addEventListener('click', ignoreSecondClick, { capture: true });
  document.addEventListener('submit', ignoreSecondSubmit, { capture: true });
  // Turbo would disable the button, and the Enter key then submits nothing.
  document.addEventListener('keydown', ({ key, isComposing, target }) => {
    const form = target instanceof HTMLInputElement ? target.form : null;
    if (key === 'Enter' && !isComposing && form && sending.has(form)) sendLater(form);
  });
  // After a navigation the user aims anew.
  document.addEventListener('turbo:click', () => {
    lastRowPress = -Infinity;
  });
  // After all other listeners: an event that was not prevented leaves the page.
  addEventListener('submit', (event) => {
    if (!event.defaultPrevented && event.target instanceof HTMLFormElement && event.target.method !== 'get')
      leaving = true;
  });
  document.addEventListener('turbo:submit-end', (event) => {
    const { target, detail } = event as CustomEvent<{ success: boolean }>;
    lastSent = performance.now();
    if (target instanceof HTMLFormElement) sending.delete(target);
    if (!detail.success) next = null;
  });
  document.addEventListener('turbo:render', () => {
    const form = next;
    next = null;
    // After all other listeners have seen the new page.
    if (form?.isConnected)
      setTimeout(() => {
        form.requestSubmit();
      });
  });
  addEventListener('pageshow', () => {
    sending.clear();
    leaving = false;
  });
}

/** A form outside Turbo is navigating away from the page. */
export const isLeaving = (): boolean => leaving;

/** Whether the form has changed since it was sent. */
export const hasChangedSince = (form: HTMLFormElement): boolean => sent.get(form) !== contentOf(form);

/** Whether this tab is sending a change or has just done so. */
export const isSending = (): boolean => sending.size > 0 || performance.now() - lastSent < OWN_MS;

function ignoreSecondClick(event: MouseEvent): void {
  const button = event.target instanceof Element ? event.target.closest('[data-rows] form button') : null;
  // Keyboard clicks have detail 0 and do not aim at a position.
  if (!button || event.detail === 0) return;
  if (event.timeStamp - lastRowPress < ROWS_SETTLE_MS) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  lastRowPress = event.timeStamp;
}

function ignoreSecondSubmit(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method === 'get') return;
  if (sending.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    sendLater(form);
    return;
  }
  sending.add(form);
  sent.set(form, contentOf(form));
}

function sendLater(form: HTMLFormElement): void {
  if (form.matches('[data-quick-add]') && hasChangedSince(form)) next = form;
}

const contentOf = (form: HTMLFormElement): string => JSON.stringify([...new FormData(form)]);
