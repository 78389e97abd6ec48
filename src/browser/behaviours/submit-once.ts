/**
 * One press of a button, one request: the second of a double click goes nowhere, also where a row has moved under it.
 * Who has typed on while the first was on its way has written something else: that follows when its turn comes.
 */

const ROWS_SETTLE_MS = 400;
const OWN_MS = 1500;
const sending = new Set<HTMLFormElement>();
/** What each form said when it was sent. */
const sent = new WeakMap<HTMLFormElement, string>();
let next: HTMLFormElement | null = null;
let leaving = false;
let lastRowPress = -Infinity;
let lastSent = -Infinity;

export function startSubmitOnce(): void {
  document.addEventListener('click', swallowSecondPress, { capture: true });
  document.addEventListener('submit', swallowSecondSubmit, { capture: true });
  // Turbo disables the button meanwhile, and without it the Enter key sends nothing.
  document.addEventListener('keydown', ({ key, isComposing, target }) => {
    const form = target instanceof HTMLInputElement ? target.form : null;
    if (key === 'Enter' && !isComposing && form && sending.has(form)) sendLater(form);
  });
  // Who follows a link aims anew on the page that comes.
  document.addEventListener('turbo:click', () => {
    lastRowPress = -Infinity;
  });
  // After everybody else: what nobody prevented leaves the page.
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
    // When everybody else has seen the page that was drawn.
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

/** A form that is no longer Turbo's takes this tab away from the page. */
export const isLeaving = (): boolean => leaving;

/** Whether the form says something else than when it was sent. */
export const hasChangedSince = (form: HTMLFormElement): boolean => sent.get(form) !== contentOf(form);

/** Whether this tab is sending a change, or has just done so. */
export const isSending = (): boolean => sending.size > 0 || performance.now() - lastSent < OWN_MS;

function swallowSecondPress(event: MouseEvent): void {
  const button = event.target instanceof Element ? event.target.closest('[data-rows] form button') : null;
  // The keyboard's presses have no detail: a person who types is not aiming at a place.
  if (!button || event.detail === 0) return;
  if (event.timeStamp - lastRowPress < ROWS_SETTLE_MS) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  lastRowPress = event.timeStamp;
}

function swallowSecondSubmit(event: SubmitEvent): void {
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
