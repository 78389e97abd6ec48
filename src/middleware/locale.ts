import type { NextFunction, Request, Response } from 'express';
import { createInstance } from 'i18next';
import { LanguageDetector } from 'i18next-http-middleware';
import { translations } from '../locales/index.ts';
import { locales, type Locale } from '../shared/limits.ts';
import type { Translate } from '../shared/translations.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Translates a key into the reader's language. Set by locale(). */
      t: Translate;
      locale: Locale;
      dir: 'ltr' | 'rtl';
    }
  }
}

const i18n = createInstance();
void i18n.init({
  resources: Object.fromEntries(locales.map((locale) => [locale, { translation: translations[locale] }])),
  supportedLngs: locales,
  fallbackLng: 'en',
  // Pug escapes; twice would show.
  interpolation: { escapeValue: false },
  initAsync: false,
});

const detector = new LanguageDetector(
  i18n.services,
  { lookupQuerystring: 'lang', caches: false },
  { fallbackLng: ['en'] },
);
detector.addDetector({ name: 'viewer', lookup: viewersLanguage });
// Declared as giving nothing back, which it does.
const detect = detector.detect.bind(detector) as unknown as (
  req: Request,
  res: Response,
  order: string[],
) => string | undefined;

// Created once per language: one per request would cost more than the rest of this middleware.
const translators = Object.fromEntries(
  locales.map((locale) => [locale, i18n.getFixedT(locale) as Translate]),
) as Record<Locale, Translate>;

/** `?lang=` first, then the viewer's setting, then what the browser asks for; nothing is stored. Never fails. */
export function locale(req: Request, res: Response, next: NextFunction): void {
  const language = languageOf(req, res);
  res.locals.locale = language;
  res.locals.dir = language === 'ar' ? 'rtl' : 'ltr';
  res.locals.t = translators[language];
  res.setHeader('Content-Language', language);
  next();
}

/** For text outside a request, such as mail. */
export const translatorFor = (language: Locale): Translate => translators[language];

function languageOf(req: Request, res: Response): Locale {
  const found = detect(req, res, ['querystring', 'viewer', 'header']);
  return locales.find((language) => language === found) ?? 'en';
}

function viewersLanguage(req: Pick<Request, 'headers'>): string | undefined {
  // Before the session is read there is nobody: a request may be refused that early.
  const { session } = req as Partial<Pick<Request, 'session'>>;
  return session?.viewer?.locale;
}
