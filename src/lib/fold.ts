import type { Range } from './text-parts.ts';

/** Text for comparing. The database has a twin, migrations/functions/fold_text_v01.sql; a test compares the two. */

const characters = (ranges: string): RegExp => new RegExp(`[${ranges.replace(/\s/g, '')}]+`, 'gu');
/** They separate, join or direct others, and nobody sees them. */
const INVISIBLE = characters(String.raw`
  \u00AD \u034F \u061C \u115F \u1160 \u17B4 \u17B5 \u180B-\u180F \u200B-\u200F \u202A-\u202E \u2060-\u206F
  \uFE00-\uFE0F \uFEFF \uFFF0-\uFFF8 \u{1BCA0}-\u{1BCA3} \u{1D173}-\u{1D17A} \u{E0000}-\u{E0FFF}`);
/** Accents, vowel signs and the like, but none that makes another character of its script (Kana, Indic). */
const MARKS = characters(String.raw`
  \u0300-\u036F \u0483-\u0487 \u0591-\u05BD \u05BF \u05C1 \u05C2 \u05C4 \u05C5 \u05C7 \u0610-\u061A \u0640 \u064B-\u065F
  \u0670 \u06D6-\u06DC \u06DF-\u06E4 \u06E7 \u06E8 \u06EA-\u06ED \u08D3-\u08E1 \u08E3-\u08FF \u1AB0-\u1AFF \u1DC0-\u1DFF
  \u20D0-\u20FF \uFE20-\uFE2F`);
const BLANKS = /[\t-\r\u0085\u1680\u2028\u2029 ]+/g;

const replacements = (pairs: [string, string][]): ReadonlyMap<string, string> =>
  new Map(pairs.flatMap(([alike, folded]) => [...alike].map((character) => [character, folded] as const)));
/** What a character is taken for, in any of these spellings. */
const LETTERS = replacements([
  ['ø', 'o'],
  ['đð', 'd'],
  ['ħ', 'h'],
  ['ŧ', 't'],
  ['ł', 'l'],
  ['ı', 'i'],
  ['ŋ', 'n'],
  ['ĸ', 'k'],
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['þ', 'th'],
  ['\u0671', '\u0627'],
  ['\u0649\u06CC', '\u064A'],
  ['\u0629\u06BE\u06C1', '\u0647'],
  ['\u06A9', '\u0643'],
  ...Array.from({ length: 10 }, (_, n): [string, string] => [String.fromCodePoint(0x660 + n, 0x6f0 + n), String(n)]),
  ['`', "'"],
]);
const SIGNS = replacements([
  ['ς', 'σ'],
  ['\u2010\u2012\u2013\u2014\u2015\u2212\u05BE\u2043', '-'],
  ['\u2018\u2019\u201A\u201B\u2032\u02B9\u02BB\u02BC\u02BE\u02BF\u05F3\uA78B\uA78C', "'"],
  ['\u201C\u201D\u201E\u201F\u00AB\u00BB\u05F4', '"'],
]);
const replaced = (text: string, by: ReadonlyMap<string, string>): string =>
  text.replace(/[^a-z ]/gu, (character) => by.get(character) ?? character);

const isAscii = (text: string): boolean => /^[\0-\x7F]*$/.test(text);

/** Character by character, because the lower case of a word depends on where it ends (σ, ς). */
const lowerCase = (text: string): string =>
  text.replace(/\P{Ll}/gu, (character) => {
    const lower = character.toLowerCase();
    return [...lower].length === 1 ? lower : character;
  });

/**
 * Equal for texts that people take for the same. Case, width and other compatibility forms, and the forms of hyphens,
 * quotation marks and blanks are folded, and invisible characters left out; unless accents are kept, they, Arabic vowel
 * signs and forms of letters, letters with a stroke, ligatures and digits are folded too.
 */
export const foldText = (text: string, keepAccents = false): string =>
  foldPiece(text, keepAccents).replace(/^ | $/g, '');

/** Without trimming. */
function foldPiece(text: string, keepAccents = false): string {
  if (isAscii(text)) return (keepAccents ? text : text.replaceAll('`', "'")).toLowerCase().replace(BLANKS, ' ');
  const folded = keepAccents ? lowerCase(text.normalize('NFKD')) : withoutAccents(text);
  return replaced(folded.replace(INVISIBLE, ''), SIGNS).normalize('NFKC').replace(BLANKS, ' ');
}

function withoutAccents(text: string): string {
  // These decompose into a blank and an accent.
  const decomposed = lowerCase(text.replace(/[\u00B4\u1FBD\u1FBF\u1FFE]/g, "'").normalize('NFKD'));
  // A short i is a character of its own.
  return replaced(decomposed.replaceAll('\u0438\u0306', '\u0439').replace(MARKS, ''), LETTERS);
}

/** Hyphens and apostrophes separate what is searched for, and are left out of what is searched: `e-mail`, `email`. */
const JOINTS = /[-']/g;
const MAX_WORDS = 8;

/** What to search for, folded: each of these is to be found somewhere. */
export const searchWords = (query: string): string[] =>
  [...new Set(foldText(query).split(/[-' ]+/))].filter((word) => word !== '').slice(0, MAX_WORDS);

/** Where the words are found in a text, in order, without overlaps. */
export function findWords(text: string, words: readonly string[]): Range[] {
  if (words.length === 0) return [];
  // Folded character by character, each with its marks, to know where it came from.
  let folded = '';
  const origins: Range[] = [];
  for (const { 0: piece, index } of text.matchAll(/\P{M}[\p{M}\u200D]*|\p{M}+/gu)) {
    const plain = foldPiece(piece).replace(JOINTS, '');
    folded += plain;
    for (let n = 0; n < plain.length; n += 1) origins.push({ start: index, end: index + piece.length });
  }
  const found: Range[] = [];
  for (const word of words)
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      const [first, last] = [origins[at], origins[at + word.length - 1]];
      if (first && last) found.push({ start: first.start, end: last.end });
    }
  return joined(found);
}

function joined(ranges: Range[]): Range[] {
  const result: Range[] = [];
  for (const range of ranges.sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else result.push({ ...range });
  }
  return result;
}
