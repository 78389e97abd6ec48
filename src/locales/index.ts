import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Locale, locales } from '../shared/limits.ts';
import { isolate, type Messages, type Translate, type TranslateOptions } from '../shared/translations.ts';
import { createInstance } from 'i18next';

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

export const i18n = createInstance();
void i18n.init({
  resources: Object.fromEntries(locales.map((locale) => [locale, { translation: translations[locale] }])),
  supportedLngs: locales,
  fallbackLng: 'en',
  // Pug escapes already.
  interpolation: { escapeValue: false },
  initAsync: false,
});

function translatorFor(locale: Locale): Translate {
  const translate = i18n.getFixedT(locale) as Translate;
  return (key, options) => (options ? translate(key, isolateAll(locale, options)) : translate(key));
}

const isolateAll = (locale: Locale, options: TranslateOptions): TranslateOptions =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, typeof value === 'string' ? isolate(locale, value) : value]),
  );

/** Created once per language: one per request would cost more than the rest of the locale middleware. */
export const translators = Object.fromEntries(locales.map((locale) => [locale, translatorFor(locale)])) as Record<
  Locale,
  Translate
>;
