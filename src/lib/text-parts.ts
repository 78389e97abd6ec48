/** Text with links and hits of a search, as pieces that a view can escape one by one. */
import { LinkifyIt } from 'linkify-it';
import type { TextPart } from '../shared/events.ts';

export interface Range {
  start: number;
  end: number;
}

export interface Link extends Range {
  href: string;
}

/** @param links and hits: in order, each without overlaps */
export function partsOf(text: string, links: readonly Link[] = [], hits: readonly Range[] = []): TextPart[] {
  const edges = [...new Set([0, text.length, ...[...links, ...hits].flatMap(({ start, end }) => [start, end])])];
  edges.sort((a, b) => a - b);
  return edges.slice(0, -1).map((start, n) => {
    const end = edges[n + 1] ?? text.length;
    const covers = (range: Range): boolean => range.start <= start && end <= range.end;
    const href = links.find(covers)?.href;
    return {
      text: text.slice(start, end),
      ...(href !== undefined && { href }),
      ...(hits.some(covers) && { found: true }),
    };
  });
}

/** Characters around the first hit. */
const BEFORE = 40;
const AROUND = 160;

/** The lines around the first hit, as one line; null without a hit. */
export function excerptOf(text: string, hits: readonly Range[]): TextPart[] | null {
  const [first] = hits;
  if (!first) return null;
  const from = wordStart(text, first.start - BEFORE);
  const to = from + AROUND;
  const shown = hits.filter(({ end }) => end <= to).map(({ start, end }) => ({ start: start - from, end: end - from }));
  const parts = partsOf(text.slice(from, to), [], shown);
  return [...(from > 0 ? [{ text: '…' }] : []), ...parts, ...(to < text.length ? [{ text: '…' }] : [])];
}

/** Not in the middle of a word, nor of a character of two units. */
function wordStart(text: string, at: number): number {
  if (at <= 0) return 0;
  const blank = text.slice(at, at + BEFORE).search(/\s/);
  return blank >= 0 ? at + blank + 1 : at + (/^[\uDC00-\uDFFF]/.test(text.slice(at)) ? 1 : 0);
}

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
