import { createInstance } from 'i18next';
import { locales, type Locale } from '../shared/limits.ts';
import type { Translate } from '../shared/translations.ts';
import { translations } from './index.ts';

export const i18n = createInstance();
void i18n.init({
  resources: Object.fromEntries(locales.map((locale) => [locale, { translation: translations[locale] }])),
  supportedLngs: locales,
  fallbackLng: 'en',
  // Pug escapes already.
  interpolation: { escapeValue: false },
  initAsync: false,
});

// Created once per language: one per request would cost more than the rest of the locale middleware.
const translators = Object.fromEntries(
  locales.map((locale) => [locale, i18n.getFixedT(locale) as Translate]),
) as Record<Locale, Translate>;

export const translatorFor = (language: Locale): Translate => translators[language];
