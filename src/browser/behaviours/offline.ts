/** Without a connection, a link or a form says so on the page, where the browser would show an error page instead. */
import { session, visit } from '@hotwired/turbo';
import { showFailure } from './connection-notice.ts';
import { isTypedIn } from './drafts.ts';

/** How long a request may take once the line is known to be dead. */
const LAST_TRY_MS = 3000;
const underWay = new Set<AbortController>();
/** A page that Back or Forward could not load: the address is its own already. */
let missed: string | null = null;

/** @param isLost whether the line is known to be dead */
export function startOffline(isLost: () => boolean): void {
  document.addEventListener('turbo:before-fetch-request', (event) => {
    const { fetchOptions } = (event as CustomEvent<{ fetchOptions: RequestInit }>).detail;
    const request = new AbortController();
    fetchOptions.signal?.addEventListener('abort', () => {
      request.abort();
    });
    fetchOptions.signal = request.signal;
    underWay.add(request);
    if (isLost()) setTimeout(giveUp, LAST_TRY_MS, request);
  });
  document.addEventListener('turbo:load', () => {
    underWay.clear();
  });
  document.addEventListener('turbo:fetch-request-error', (event) => {
    const { currentVisit } = session.navigator;
    // Forms: see below; a link's prefetch fails silently.
    if (event.target !== document.documentElement) return;
    // Turbo would load the page without a script, and end on the browser's error page.
    event.preventDefault();
    if (currentVisit?.action === 'restore') missed = location.href;
    currentVisit?.fail();
    showFailure('live.notOpened');
  });
  document.addEventListener('turbo:submit-end', (event) => {
    const { target: form, detail } = event as CustomEvent<{ error?: Error }>;
    if (!detail.error || !(form instanceof HTMLFormElement)) return;
    showFailure(form.method === 'get' ? 'live.notOpened' : isTypedIn(form) ? 'live.textKept' : 'live.notSent');
  });
  // Neither is Turbo's: the browser would leave the page.
  document.addEventListener(
    'click',
    (event) => {
      const link = event.target instanceof Element ? event.target.closest('a[href][data-turbo="false"]') : null;
      if (link && isLost()) stop(event, 'live.notOpened');
    },
    { capture: true },
  );
  document.addEventListener(
    'submit',
    (event) => {
      if (event.target instanceof Element && event.target.matches('[data-turbo="false"]') && isLost())
        stop(event, 'live.notSent');
    },
    { capture: true },
  );
}

function stop(event: Event, key: 'live.notOpened' | 'live.notSent'): void {
  event.preventDefault();
  event.stopImmediatePropagation();
  showFailure(key);
}

/** The line is dead: ends the requests that wait for an answer. */
export function abandonRequests(): void {
  for (const request of underWay) giveUp(request);
}

function giveUp(request: AbortController): void {
  // Not an AbortError, which Turbo takes for its own.
  if (underWay.delete(request)) request.abort(new Error('no connection'));
}

/** The line is back. */
export function openMissed(): void {
  if (missed === location.href) visit(missed, { action: 'replace' });
  missed = null;
}
