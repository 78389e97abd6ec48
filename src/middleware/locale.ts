import type { NextFunction, Request, Response } from 'express';
import { translators } from '../locales/index.ts';
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

/** `?lang=` first, then the viewer's setting, then Accept-Language; nothing is stored. Never fails. */
export function locale(req: Request, res: Response, next: NextFunction): void {
  const language = languageOf(req);
  res.locals.locale = language;
  res.locals.dir = language === 'ar' ? 'rtl' : 'ltr';
  res.locals.t = translators[language];
  res.setHeader('Content-Language', language);
  next();
}

function languageOf(req: Request): Locale {
  // A request may be rejected before the session is loaded.
  const { session } = req as Partial<Pick<Request, 'session'>>;
  const chosen = [req.query.lang, session?.viewer?.locale].find(isLocale);
  return chosen ?? ((req.acceptsLanguages(...locales) || 'en') as Locale);
}

const isLocale = (code: unknown): code is Locale => locales.some((locale) => locale === code);
