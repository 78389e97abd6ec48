import { LinkifyIt } from 'linkify-it';
import type { Link } from './text-parts.ts';

/** Web addresses with their scheme, and mail addresses: `notes.md` and `v1.5` are none. */
const linkify = new LinkifyIt({ fuzzyLink: false, fuzzyEmail: true }).add('ftp:', null).add('//', null);
const SCHEMES = new Set(['http:', 'https:', 'mailto:']);
/** Nearly all text is settled by this. */
const MAY_HAVE_LINK = /:\/\/|@|mailto:/i;

/** The links in a text, in order: http, https and mailto only. */
export function linksIn(text: string): Link[] {
  if (!MAY_HAVE_LINK.test(text)) return [];
  return (linkify.match(text) ?? []).flatMap(({ index, lastIndex, url }) => {
    const href = URL.canParse(url) ? new URL(url) : null;
    return href && SCHEMES.has(href.protocol) ? [{ start: index, end: lastIndex, href: href.href }] : [];
  });
}
