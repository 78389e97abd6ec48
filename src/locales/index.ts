import type { Locale } from '../shared/limits.ts';
import type { Messages } from '../shared/words.ts';
import { ar } from './ar/index.ts';
import { en } from './en/index.ts';
import { es } from './es/index.ts';
import { zh } from './zh/index.ts';

/** Every language has these groups; a test holds that each has the same keys. */
export type Words = Record<keyof typeof en, Messages>;

/** What people read, by language, group and key; plural forms as i18next's JSON v4 names them. */
export const words: Record<Locale, Words> = { en, es, zh, ar };

/** Each language in its own words. */
export const languageNames: Record<Locale, string> = { en: 'English', es: 'Español', zh: '中文', ar: 'العربية' };
