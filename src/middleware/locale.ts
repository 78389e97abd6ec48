import type { NextFunction, Request, Response } from 'express';
import { createInstance } from 'i18next';
import { LanguageDetector } from 'i18next-http-middleware';
import { words } from '../locales/index.ts';
import { locales, type Locale } from '../shared/limits.ts';
import type { Translate } from '../shared/words.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Words in the reader's language, by key: filled by locale. */
      t: Translate;
      locale: Locale;
      dir: 'ltr' | 'rtl';
    }
  }
}

const i18n = createInstance();
void i18n.init({
  resources: Object.fromEntries(locales.map((locale) => [locale, { translation: words[locale] }])),
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

// Made once for each language: making one for each request would cost more than the rest of this.
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

/** The words of one language, for what is no answer to a request. */
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
