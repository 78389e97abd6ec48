import type { NextFunction, Request, Response } from 'express';
import { asset } from '../lib/assets.ts';
import { findWords } from '../lib/fold.ts';
import { linksIn } from '../lib/links.ts';
import { languageNames, translations } from '../locales/index.ts';
import type { CategoryPayload, LocalizedText, TaskPayload } from '../shared/events.ts';
import { formatDay, formatDue, formatNumber, formatTime, textIn, type Due } from '../shared/format.ts';
import { limits, locales, type Locale } from '../shared/limits.ts';
import { initialOf, rowOf as rowFor, type RowView } from '../shared/row.ts';
import { partsOf, type TextPart } from '../shared/text-parts.ts';
import type { Messages } from '../shared/translations.ts';

declare global {
  namespace Express {
    interface Locals {
      asset: typeof asset;
      /** Shared with the schemas and the database. */
      limits: typeof limits;
      /** Path and query of the request. */
      path: string;
      now: Date;
      json: typeof inlineJson;
      /** For the page's script. */
      browserMessages(): { locale: Locale; timeZone: string; messages: Messages };
      /** @param withList whether the row names its list */
      rowOf(task: TaskPayload, withList?: boolean): RowView;
      /** A list's display name; the personal list has none and is called Home. */
      listName(name: string | null): string;
      /** What is searched for, folded: rows mark it. */
      words?: readonly string[];
      /** A text with its links. */
      linked(text: string): TextPart[];
      due(day: string): Due;
      day(day: string): string;
      time(time: string): string;
      number(number: number): string;
      textIn(text: LocalizedText): string;
      initialOf: typeof initialOf;
      languages: { code: Locale; name: string }[];
      /** The address of this page in another language. */
      inLanguage(code: Locale): string;
    }
  }
}

const languages = locales.map((code) => ({ code, name: languageNames[code] }));

/** Locals of every view. Reads nothing from the database. */
export function pageLocals(req: Request, res: Response, next: NextFunction): void {
  const { locals } = res;
  const { t, locale } = locals;
  const timeZone = locals.viewer?.timeZone ?? 'UTC';
  const now = new Date();
  const reader = { t, locale, timeZone, now };
  let categories: ReadonlyMap<number, CategoryPayload> | undefined;

  Object.assign(locals, {
    asset,
    limits,
    path: req.originalUrl,
    now,
    json: inlineJson,
    browserMessages: () => ({ locale, timeZone, messages: messagesFor(locale) }),
    rowOf: (task, withList = false) =>
      rowFor(task, {
        ...reader,
        viewerId: locals.viewer?.id ?? 0,
        categories: (categories ??= categoriesOf(locals)),
        ...(withList && { lists: listNames(locals) }),
        ...(locals.words && { find: (text) => findWords(text, locals.words ?? []) }),
      }),
    linked: (text) => partsOf(text, linksIn(text)),
    listName: (name) => name ?? t('tasks.home'),
    due: (day) => formatDue(day, reader),
    day: (day) => formatDay(day, reader),
    time: (time) => formatTime(time, reader),
    number: (number) => formatNumber(number, locale),
    textIn: (text) => textIn(locale, text),
    initialOf,
    languages,
    inLanguage: (code) => {
      const url = new URL(req.originalUrl, 'http://localhost');
      url.searchParams.set('lang', code);
      return url.pathname + url.search;
    },
  } satisfies Partial<Express.Locals>);
  next();
}

const messagesFor = (locale: Locale): Messages => ({
  live: translations[locale].live,
  row: translations[locale].row,
});

const categoriesOf = ({ sidebar }: Partial<Express.Locals>): ReadonlyMap<number, CategoryPayload> =>
  new Map((sidebar?.categories ?? []).map((category) => [category.id, category]));

const listNames = (locals: Express.Locals): ReadonlyMap<number, string> =>
  new Map((locals.sidebar?.lists ?? []).map(({ id, name }) => [id, locals.listName(name)]));

/** JSON for a data block in a page: without `<` nothing in it can close its script element. */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
