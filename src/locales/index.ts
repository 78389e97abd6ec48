import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Locale, locales } from '../shared/limits.ts';
import { translator, type Messages, type Translate } from '../shared/translations.ts';

/**
 * One file for each in every language: `<language>/<noun>.json`, in i18next's JSON v4. The noun is a key's first part.
 */
export const nouns = [
  'accounts',
  'activity',
  'admin',
  'api',
  'categories',
  'errors',
  'imports',
  'inbox',
  'live',
  'mails',
  'row',
  'shared',
  'tasks',
  'teams',
] as const;

export type Translations = Record<(typeof nouns)[number], Messages>;

/** Read synchronously at start: Node 20 warns about `import … with { type: 'json' }`. */
export const translations: Record<Locale, Translations> = {
  en: read('en'),
  es: read('es'),
  zh: read('zh'),
  ar: read('ar'),
};

/** Each language in its own language. */
export const languageNames: Record<Locale, string> = { en: 'English', es: 'Español', zh: '中文', ar: 'العربية' };

function read(locale: Locale): Translations {
  const entries = nouns.map((noun) => [
    noun,
    JSON.parse(readFileSync(path.join(import.meta.dirname, locale, `${noun}.json`), 'utf8')) as Messages,
  ]);
  return Object.fromEntries(entries) as Translations;
}

/** One for each language, prepared at start. */
export const translators = Object.fromEntries(
  locales.map((locale) => [locale, translator(locale, translations[locale])]),
) as Record<Locale, Translate>;
