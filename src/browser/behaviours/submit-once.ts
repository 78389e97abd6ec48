/** One press of a button, one request: the second of a double click goes nowhere, also where a row has moved under it. */

const ROWS_SETTLE_MS = 400;
const OWN_MS = 1500;
const sending = new Set<HTMLFormElement>();
let leaving = false;
let lastRowPress = -Infinity;
let lastSent = -Infinity;

export function startSubmitOnce(): void {
  document.addEventListener('click', swallowSecondPress, { capture: true });
  document.addEventListener('submit', swallowSecondSubmit, { capture: true });
  // Who follows a link aims anew on the page that comes.
  document.addEventListener('turbo:click', () => { lastRowPress = -Infinity; });
  // After everybody else: what nobody prevented leaves the page.
  addEventListener('submit', (event) => {
    if (!event.defaultPrevented && event.target instanceof HTMLFormElement && event.target.method !== 'get') leaving = true;
  });
  document.addEventListener('turbo:submit-end', ({ target }) => {
    lastSent = performance.now();
    if (target instanceof HTMLFormElement) sending.delete(target);
  });
  addEventListener('pageshow', () => {
    sending.clear();
    leaving = false;
  });
}

/** A form that is no longer Turbo's takes this tab away from the page. */
export const isLeaving = (): boolean => leaving;

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
    return;
  }
  sending.add(form);
}
