/** As RFC 5646 §4.4.1 recommends. */
const MAX_LENGTH = 35;

/**
 * Canonicalizes a BCP 47 language tag, `es-MX` for `ES-mx`.
 * @returns null if it is not one
 */
export function canonicalLanguage(tag: string): string | null {
  if (tag.length > MAX_LENGTH) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}
