/** The activity: what was earlier comes when its link comes into view. Without it the link leads there. */

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
  // It is drawn right after this event.
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
  // Where the page has changed meanwhile, its link is looked at anew; where nothing came, the link stays to be pressed.
  if (!list || !more || list.querySelector<HTMLAnchorElement>('.next a')?.href !== href) return;
  const held = list.querySelector('.next')?.contains(document.activeElement);
  const before = entriesIn(list).length;
  add(list, entriesIn(more));
  continueAt(list, more);
  if (held && !list.querySelector('.next')) focusOn(entriesIn(list)[before]);
  watch();
}

async function load(href: string): Promise<Document | null> {
  // OperationContext for in advance, as it were: a notice waits for a page that its person asks for.
  const response = await fetch(href, { headers: { accept: 'text/html', 'x-sec-purpose': 'prefetch' } });
  return response.ok && !response.redirected
    ? new DOMParser().parseFromString(await response.text(), 'text/html')
    : null;
}

/** A fresh page has its first entries only: those behind them that stand here already are put behind them there. */
function keepEarlier(fresh: Document): void {
  const [list, next] = [listIn(document), listIn(fresh)];
  if (!list || !next) return;
  const shown = entriesIn(list);
  const end = entriesIn(next).at(-1)?.dataset.entry;
  const from = shown.findIndex(({ dataset }) => dataset.entry === end) + 1;
  // Where so much has come that the two do not meet, the way back begins anew.
  if (from === 0 || from === shown.length) return;
  const lists = Object.keys(JSON.parse(fresh.querySelector<HTMLElement>('main')?.dataset.positions ?? '{}') as object);
  add(
    next,
    shown.slice(from).filter(({ dataset }) => lists.includes(dataset.entry?.split('-')[0] ?? '')),
  );
  continueAt(next, list);
}

/** Puts copies of entries at the end, each under its day. */
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

/** The list goes on where the other one does. */
function continueAt(list: Element, other: Element): void {
  const [link, next] = [list.querySelector('.next a'), other.querySelector('.next a')];
  if (!next) list.querySelector('.next')?.remove();
  else if (link) link.setAttribute('href', next.getAttribute('href') ?? '');
  else list.append(next.closest('.next')?.cloneNode(true) ?? '');
}

/** Whoever came to the link by the keyboard goes on behind it. */
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
