import type { NextFunction, Request, Response } from 'express';
import { LanguageDetector } from 'i18next-http-middleware';
import { i18n, translators } from '../locales/index.ts';
import { locales, type Locale } from '../shared/limits.ts';
import type { Translate } from '../shared/translations.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Translates a key into the viewer's language. Set by locale. */
      t: Translate;
      locale: Locale;
      dir: 'ltr' | 'rtl';
    }
  }
}

const detector = new LanguageDetector(
  i18n.services,
  { lookupQuerystring: 'lang', caches: false },
  { fallbackLng: ['en'] },
);
detector.addDetector({ name: 'viewer', lookup: viewerLocale });
// Its type says that it returns nothing, but it returns the language.
const detect = detector.detect.bind(detector) as unknown as (
  req: Request,
  res: Response,
  order: string[],
) => string | undefined;

/** `?lang=` first, then the viewer's setting, then Accept-Language; nothing is stored. Never fails. */
export function locale(req: Request, res: Response, next: NextFunction): void {
  const language = languageOf(req, res);
  res.locals.locale = language;
  res.locals.dir = language === 'ar' ? 'rtl' : 'ltr';
  res.locals.t = translators[language];
  res.setHeader('Content-Language', language);
  next();
}

function languageOf(req: Request, res: Response): Locale {
  const found = detect(req, res, ['querystring', 'viewer', 'header']);
  return locales.find((language) => language === found) ?? 'en';
}

function viewerLocale(req: Pick<Request, 'headers'>): string | undefined {
  // A request may be rejected before the session is loaded.
  const { session } = req as Partial<Pick<Request, 'session'>>;
  return session?.viewer?.locale;
}
