import type { Placed } from './ordering.ts';

/** Makes the next page start after this row; the cursor has the server's format: `created` and id in base64url. */
export function beginNextPage(section: Element, { created, id }: Placed): void {
  const place = section.querySelector<HTMLElement>('.next');
  const link = place?.querySelector<HTMLAnchorElement>('a');
  if (!place || !link) return;
  const url = new URL(link.href);
  url.searchParams.set(
    'after',
    btoa(JSON.stringify([created, id]))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', ''),
  );
  link.setAttribute('href', url.pathname + url.search);
  place.hidden = false;
}
