/**
 * One request per press: a form that is on its way is not sent again, and one form waits for the other, because Turbo
 * cancels a request for the next one. Quick add and the circles of tasks have the outbox.
 */

const OWN_MS = 1500;
const sending = new Set<HTMLFormElement>();
/** Each form's content when it was sent. */
const sent = new WeakMap<HTMLFormElement, string>();
let waiting: { form: HTMLFormElement; submitter: HTMLElement | null }[] = [];
let leaving = false;
let lastSent = -Infinity;

export function startSubmitOnce(): void {
  document.addEventListener('submit', sendInTurn, { capture: true });
  // After all other listeners: an event that was not prevented leaves the page.
  addEventListener('submit', (event) => {
    if (!event.defaultPrevented && event.target instanceof HTMLFormElement && event.target.method !== 'get')
      leaving = true;
  });
  document.addEventListener('turbo:submit-end', (event) => {
    const { target, detail } = event as CustomEvent<{ success: boolean }>;
    lastSent = performance.now();
    if (target instanceof HTMLFormElement) sending.delete(target);
    if (!detail.success) waiting = [];
  });
  document.addEventListener('turbo:render', () => {
    waiting = waiting.filter(({ form }) => form.isConnected);
    const next = sending.size === 0 ? waiting.shift() : undefined;
    // After all other listeners have seen the new page.
    if (next)
      setTimeout(() => {
        next.form.requestSubmit(next.submitter);
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

/** Whether this tab is sending a form or has just done so. */
export const isSending = (): boolean => sending.size > 0 || performance.now() - lastSent < OWN_MS;

function sendInTurn(event: SubmitEvent): void {
  const { target: form, submitter } = event;
  if (!(form instanceof HTMLFormElement) || form.method === 'get') return;
  for (const other of sending) if (!other.isConnected) sending.delete(other);
  if (sending.size > 0) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!sending.has(form) && !waiting.some((each) => each.form === form)) waiting.push({ form, submitter });
    return;
  }
  sending.add(form);
  sent.set(form, contentOf(form));
}

const contentOf = (form: HTMLFormElement): string => JSON.stringify([...new FormData(form)]);
