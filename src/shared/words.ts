/** A translator small enough for the page: what i18next (JSON v4) makes of the same words, a test holds. */
import type { Locale } from './limits.ts';

/** @param options `count` chooses the plural form, every option fills its `{{place}}` */
export type Translate = (key: string, options?: Record<string, string | number | undefined>) => string;

export interface Messages {
  [key: string]: string | Messages;
}

/** @returns a translator for these words; a key that is not there is its own translation */
export function translator(locale: Locale, messages: Messages): Translate {
  const plurals = new Intl.PluralRules(locale);
  return (key, options = {}) => {
    const found = formsOf(key, options.count, plurals)
      .map((form) => lookUp(messages, form))
      .find((text) => text !== undefined);
    return (found ?? key).replace(/\{\{\s*(\w+)\s*\}\}/g, (gap, name: string) =>
      Object.hasOwn(options, name) ? String(options[name] ?? '') : gap,
    );
  };
}

/** The keys that may say it, the most fitting first. */
function formsOf(key: string, count: unknown, plurals: Intl.PluralRules): string[] {
  if (typeof count !== 'number') return [key];
  return [...(count === 0 ? [`${key}_zero`] : []), `${key}_${plurals.select(count)}`, key];
}

function lookUp(messages: Messages, key: string): string | undefined {
  let found: string | Messages | undefined = messages;
  for (const step of key.split('.'))
    found = typeof found === 'object' && Object.hasOwn(found, step) ? found[step] : undefined;
  return typeof found === 'string' ? found : undefined;
}
