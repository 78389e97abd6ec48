/** Whether a password is among the first that a guesser tries. */

/** Words of guessed passwords that the dictionary lacks, in lower case. */
const OWN_WORDS = `
  taskwire welcomeback mynoob toor aaaaaa abc abcd abcdef abcdefg abcdefgh abcdefghi qq qwe qwer zaq zxc zxcv zxcvb
  contraseña micontrasena estrellita bienvenido nihao mima wodemima`;

let words: Promise<Set<string>> | undefined;

/**
 * Some 49,000 common passwords. Loaded at the first use: it takes 0.15 s and 4 MB of heap, and few requests set a
 * password (docs/decisions/).
 */
async function loadWords(): Promise<Set<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set([...dictionary['passwords-common'], ...OWN_WORDS.trim().split(/\s+/)]);
}

const LOOKALIKES: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
};
/** Shorter numbers are dates, telephone numbers and sequences; from this length on, a number may be random. */
const LONG_NUMBER = 12;

/**
 * A common password is one of the dictionary, in any case, also with digits and signs around it or in place of letters.
 * @param personal what others know of the person (name, email address): passwords made of it count as common
 */
export async function isCommonPassword(password: string, personal: string[] = []): Promise<boolean> {
  const text = password.normalize('NFKC').toLowerCase().trim();
  if (isRegular(text) || (/^\d*$/.test(text) && text.length < LONG_NUMBER)) return true;
  const own = personal.flatMap(partsOf);
  words ??= loadWords();
  const common = await words;
  if (own.includes(text) || common.has(text)) return true;
  const cores = [core(text), plain(core(text)), core(plain(text))].map(halfOfRepeated);
  return cores.some((word) => common.has(word) || own.includes(word));
}

/** Strips the digits and signs around a word. */
const core = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
/** Replaces digits and signs by the letters that they stand for. */
const plain = (text: string): string => text.replace(/[013457@$!|]/g, (sign) => LOOKALIKES[sign] ?? sign);

/** At most two different characters, or each one step from the last: `aaaaaaaa`, `12121212`, `abcdefgh`, `98765432`. */
function isRegular(text: string): boolean {
  const signs = [...text];
  if (new Set(signs).size <= 2) return true;
  const steps = new Set(
    signs.slice(1).map((sign, index) => (sign.codePointAt(0) ?? 0) - (signs[index]?.codePointAt(0) ?? 0)),
  );
  return steps.size === 1;
}

/** `word` for `wordword`. */
function halfOfRepeated(text: string): string {
  const half = text.slice(0, text.length / 2);
  return half.length >= 3 && half + half === text ? half : text;
}

function partsOf(known: string): string[] {
  const text = known.toLowerCase().trim();
  return [text, text.replaceAll(/\s+/g, ''), ...text.split(/[@\s]+/)].filter((part) => part.length >= 3);
}
