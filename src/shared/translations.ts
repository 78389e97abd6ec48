/** A translator small enough for the browser. A test compares it with i18next (JSON v4) on our translations. */
import type { Locale } from './limits.ts';

/** @param options `count` selects the plural form; every option fills its `{{placeholder}}` */
export type Translate = (key: string, options?: TranslateOptions) => string;
export type TranslateOptions = Record<string, string | number | undefined>;

export interface Messages {
  [key: string]: string | Messages;
}

/**
 * A name within a sentence of the other direction is isolated, or its punctuation would end up elsewhere. Addresses are
 * left alone: people copy them.
 * @see https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
 */
export function isolate(locale: Locale, value: string): string {
  const foreign =
    locale === 'ar' ? /\p{Script=Latin}|\p{Script=Cyrillic}|\p{Script=Greek}/u : /\p{Script=Arabic}|\p{Script=Hebrew}/u;
  return foreign.test(value) && !/^https?:/.test(value) ? `\u2068${value}\u2069` : value;
}

/** @returns a translator for these messages; it returns unknown keys unchanged */
export function translator(locale: Locale, messages: Messages): Translate {
  const plurals = new Intl.PluralRules(locale);
  return (key, options = {}) => {
    const found = formsOf(key, options.count, plurals)
      .map((form) => lookUp(messages, form))
      .find((text) => text !== undefined);
    return (found ?? key).replace(/\{\{\s*(\w+)\s*\}\}/g, (placeholder, name: string) =>
      Object.hasOwn(options, name) ? isolate(locale, String(options[name] ?? '')) : placeholder,
    );
  };
}

/** The keys to look up, most specific first. */
function formsOf(key: string, count: unknown, plurals: Intl.PluralRules): string[] {
  if (typeof count !== 'number') return [key];
  return [...(count === 0 ? [`${key}_zero`] : []), `${key}_${plurals.select(count)}`, key];
}

function lookUp(messages: Messages, key: string): string | undefined {
  let found: string | Messages | undefined = messages;
  for (const part of key.split('.'))
    found = typeof found === 'object' && Object.hasOwn(found, part) ? found[part] : undefined;
  return typeof found === 'string' ? found : undefined;
}
