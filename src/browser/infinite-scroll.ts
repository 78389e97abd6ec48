/** The activity: loads earlier entries when their link comes into view. Without it the link works as well. */

const AHEAD = '800px';

const observer = new IntersectionObserver(
  (seen) => {
    for (const { isIntersecting, target } of seen)
      if (isIntersecting && target instanceof HTMLAnchorElement) void extend(target);
  },
  { rootMargin: `0px 0px ${AHEAD}` },
);

watch();
document.addEventListener('turbo:render', watch);
document.addEventListener('redraw', (event) => {
  keepEarlier((event as CustomEvent<Document>).detail);
  // The page is drawn right after this event.
  queueMicrotask(watch);
});

function watch(): void {
  observer.disconnect();
  const link = listIn(document)?.querySelector('.next a');
  if (link) observer.observe(link);
}

async function extend(link: HTMLAnchorElement): Promise<void> {
  const { href } = link;
  const fresh = await load(href).catch(() => null);
  const [list, more] = [listIn(document), fresh && listIn(fresh)];
  // If the page has changed meanwhile, its link is observed anew; after an error the link remains clickable.
  if (!list || !more || list.querySelector<HTMLAnchorElement>('.next a')?.href !== href) return;
  const held = list.querySelector('.next')?.contains(document.activeElement);
  const before = entriesIn(list).length;
  add(list, entriesIn(more));
  continueAt(list, more);
  if (held && !list.querySelector('.next')) focusOn(entriesIn(list)[before]);
  watch();
}

async function load(href: string): Promise<Document | null> {
  // Marked as a prefetch, so that the server keeps a pending notice for a page that the user requests.
  const response = await fetch(href, { headers: { accept: 'text/html', 'x-sec-purpose': 'prefetch' } });
  return response.ok && !response.redirected
    ? new DOMParser().parseFromString(await response.text(), 'text/html')
    : null;
}

/** A fresh page only has the first entries: appends the earlier ones that are already loaded. */
function keepEarlier(fresh: Document): void {
  const [list, next] = [listIn(document), listIn(fresh)];
  if (!list || !next) return;
  const shown = entriesIn(list);
  const end = entriesIn(next).at(-1)?.dataset.entry;
  const from = shown.findIndex(({ dataset }) => dataset.entry === end) + 1;
  // If too much is new for the two to overlap, loading starts over.
  if (from === 0 || from === shown.length) return;
  const lists = Object.keys(JSON.parse(fresh.querySelector<HTMLElement>('main')?.dataset.positions ?? '{}') as object);
  add(
    next,
    shown.slice(from).filter(({ dataset }) => lists.includes(dataset.entry?.split('-')[0] ?? '')),
  );
  continueAt(next, list);
}

/** Appends copies of entries, each under its day. */
function add(list: Element, entries: HTMLElement[]): void {
  for (const entry of entries) dayFor(list, entry)?.append(entry.cloneNode(true));
}

function dayFor(list: Element, entry: Element): Element | null {
  const day = entry.closest('[aria-labelledby]');
  const there = list.querySelector(`[aria-labelledby="${day?.getAttribute('aria-labelledby') ?? ''}"] ol`);
  if (there || !day) return there;
  const copy = day.cloneNode(true) as Element;
  copy.querySelector('ol')?.replaceChildren();
  list.insertBefore(copy, list.querySelector('.next'));
  return copy.querySelector('ol');
}

/** Takes over the other list's link to earlier entries. */
function continueAt(list: Element, other: Element): void {
  const [link, next] = [list.querySelector('.next a'), other.querySelector('.next a')];
  if (!next) list.querySelector('.next')?.remove();
  else if (link) link.setAttribute('href', next.getAttribute('href') ?? '');
  else list.append(next.closest('.next')?.cloneNode(true) ?? '');
}

/** Keeps keyboard users at their place after they activated the link. */
function focusOn(entry: HTMLElement | undefined): void {
  if (!entry) return;
  entry.tabIndex = -1;
  entry.focus({ preventScroll: true });
}

function listIn(page: Document): HTMLElement | null {
  return page.querySelector('[data-endless]');
}

function entriesIn(list: Element): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[data-entry]')];
}

export {};
