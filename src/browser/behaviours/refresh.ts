/**
 * Reloads the page in place: one request for many changes, morphed in when nothing is in use, keeping typed input.
 * For lists that only the server can filter and sort, and for anything else a tab cannot compute.
 */
import { morphChildren, session, visit } from '@hotwired/turbo';
import { hasRested } from '../list/interaction-guard.ts';
import { keepFocus, watchMoves } from '../list/press-guard.ts';
import { mainElement } from '../page.ts';
import { isTypedIn } from './drafts.ts';
import { compareEditors } from './editor-guard.ts';
import { isSending } from './submit-once.ts';

export interface RefreshParts {
  /** Whether the page may be redrawn now; asked again after each interaction. */
  mayDraw: (main: HTMLElement) => boolean;
  /** A fresh page is waiting to be drawn. */
  onWaiting: () => void;
  onDrawn: () => void;
}

const BATCH_MS = 200;
const SOON_MS = 400;
const LATER_MS = 4000;
const RETRY_MAX_MS = 30_000;

export class Refresh {
  readonly #parts: RefreshParts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  #request: AbortController | null = null;
  #fetched: Document | null = null;
  #failures = 0;
  #isOwn = false;

  constructor(parts: RefreshParts) {
    this.#parts = parts;
  }

  /** Soon: the page shows something wrong. @param own the user of this tab expects it, also under the pointer */
  schedule(own = false): void {
    this.#isOwn ||= own;
    this.#after(BATCH_MS + SOON_MS * Math.random());
  }

  /** Later: only a detail is missing, and many tabs may need it at the same time. */
  later(): void {
    this.#after(LATER_MS / 4 + LATER_MS * Math.random());
  }

  /** Cancels, because the page has been left. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#due = Infinity;
    this.#request?.abort();
    this.#request = null;
    this.#fetched = null;
    this.#isOwn = false;
  }

  /** Draws the waiting page if allowed. @param forced the user asked for it */
  settle(forced = false): void {
    const main = mainElement();
    if (!this.#fetched || !main) return;
    if (!forced && !(this.#isOwn ? hasRested() : this.#parts.mayDraw(main))) {
      if (!this.#isOwn) this.#parts.onWaiting();
      return;
    }
    const fresh = this.#fetched;
    this.#fetched = null;
    this.#isOwn = false;
    keepFocus(() => {
      watchMoves(() => {
        draw(main, fresh);
      });
    });
    this.#parts.onDrawn();
  }

  #after(delay: number): void {
    // An answer to a POST: its address may have no GET, and a fresh page would be without its errors.
    if (mainElement()?.hasAttribute('data-still')) return;
    const due = performance.now() + delay;
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      void this.#load();
    }, delay);
  }

  async #load(): Promise<void> {
    // This tab's own change brings a fresh page anyway, with its notice.
    if (isSending()) {
      this.schedule();
      return;
    }
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    try {
      // Marked as a prefetch, so that the server keeps a pending notice for a page that the user requests.
      const response = await fetch(location.href, {
        headers: { accept: 'text/html', 'x-sec-purpose': 'prefetch' },
        cache: 'no-store',
        signal: request.signal,
      });
      const text = await response.text();
      if (request.signal.aborted) return;
      if (response.status >= 500 || response.status === 429) throw new Error(`answered ${response.status}`);
      this.#failures = 0;
      this.#take(response, text);
    } catch {
      if (request.signal.aborted) return;
      this.#failures += 1;
      this.#after(Math.min(RETRY_MAX_MS, 1000 * 2 ** this.#failures) * (0.5 + Math.random()));
    }
  }

  #take(response: Response, text: string): void {
    const fresh = new DOMParser().parseFromString(text, 'text/html');
    const isThisPage = response.ok && !response.redirected && fresh.querySelector('main[data-positions]');
    if (isThisPage || response.status === 404) compareEditors(fresh);
    if (isThisPage && isSameBuild(fresh)) {
      this.#fetched = fresh;
      this.settle();
    } else if (session.navigator.currentVisit?.state === 'started') {
      // The person is leaving already.
      this.later();
    } else if (!document.querySelector('[data-editor]')) {
      // Not this page: deleted, signed out, or from a newer version.
      visit(location.href, { action: 'replace' });
    }
  }
}

/** The regions that are redrawn. */
const REGIONS = ['main', '[data-sidebar]'];

function draw(main: HTMLElement, fresh: Document): void {
  // Scripts may cancel this to keep something.
  document.dispatchEvent(new CustomEvent('redraw', { detail: fresh }));
  for (const region of REGIONS) {
    const [current, next] = [document.querySelector<HTMLElement>(region), fresh.querySelector<HTMLElement>(region)];
    if (current && next)
      morphChildren(current, document.importNode(next, true), {
        callbacks: { beforeNodeMorphed: (node: Node) => !isKept(node) },
      });
  }
  const { positions = '{}', now = '' } = fresh.querySelector<HTMLElement>('main')?.dataset ?? {};
  Object.assign(main.dataset, { positions, now });
  for (const id of ['categories', 'messages']) {
    const [current, next] = [document.getElementById(id), fresh.getElementById(id)];
    if (current && next) current.textContent = next.textContent;
  }
  document.title = fresh.title;
}

/** Typed input, a notice with Undo and a link shown once are not part of the server's page. */
const isKept = (node: Node): boolean =>
  node instanceof Element &&
  (node.matches('[data-editor], [data-flash], [data-once], [data-unsaved]') ||
    (node instanceof HTMLFormElement && isTypedIn(node)));

const isSameBuild = (fresh: Document): boolean => trackedIn(fresh) === trackedIn(document);
const trackedIn = (page: Document): string =>
  [...page.querySelectorAll('head [data-turbo-track]')]
    .map((element) => element.getAttribute('src') ?? element.getAttribute('href'))
    .join(' ');
