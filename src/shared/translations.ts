/**
 * A translator for server and browser: i18next took a third of a page's time. A test compares it with i18next (JSON v4)
 * on our translations.
 */
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

type Fill = (options: TranslateOptions) => string;

/**
 * Prepares every text once, because a page has hundreds: finding one is a look-up, and filling it in joins its parts.
 * @returns a translator for these messages; it returns unknown keys unchanged
 */
export function translator(locale: Locale, messages: Messages): Translate {
  const plurals = new Intl.PluralRules(locale);
  const texts = new Map<string, Fill>();
  prepare(messages, '', locale, texts);
  return (key, options = {}) => {
    const { count } = options;
    const fill =
      typeof count === 'number'
        ? ((count === 0 ? texts.get(`${key}_zero`) : undefined) ??
          texts.get(`${key}_${plurals.select(count)}`) ??
          texts.get(key))
        : texts.get(key);
    return fill ? fill(options) : key;
  };
}

function prepare(messages: Messages, prefix: string, locale: Locale, into: Map<string, Fill>): void {
  for (const [key, value] of Object.entries(messages))
    if (typeof value === 'string') into.set(prefix + key, filled(value, locale));
    else prepare(value, `${prefix}${key}.`, locale, into);
}

function filled(text: string, locale: Locale): Fill {
  // Every second part is the name of a placeholder.
  const parts = text.split(/\{\{\s*(\w+)\s*\}\}/);
  if (parts.length === 1) return () => text;
  return (options) =>
    parts
      .map((part, n) => {
        if (n % 2 === 0) return part;
        return Object.hasOwn(options, part) ? isolate(locale, String(options[part] ?? '')) : `{{${part}}}`;
      })
      .join('');
}
