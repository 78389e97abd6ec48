/** RFC 5646 §4.4.1 asks for room for 35 characters. */
const LONGEST = 35;

/**
 * A language tag in its one spelling, `es-MX` for `ES-mx`.
 * @returns null where it is none by BCP 47
 */
export function canonicalLanguage(tag: string): string | null {
  if (tag.length > LONGEST) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}
