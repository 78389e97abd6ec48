import type { NextFunction, Request, Response } from 'express';
import { asset } from '../lib/assets.ts';
import { inlineJson } from '../lib/inline-json.ts';
import { languageNames, translations } from '../locales/index.ts';
import type { CategoryPayload, LocalizedText, TaskPayload } from '../shared/events.ts';
import { formatDay, formatDue, formatNumber, formatTime, textIn, type Due } from '../shared/format.ts';
import { limits, locales, type Locale } from '../shared/limits.ts';
import { initialOf, rowOf as rowFor, type RowView } from '../shared/row.ts';
import type { Messages } from '../shared/translations.ts';

declare global {
  namespace Express {
    interface Locals {
      asset: typeof asset;
      /** The same lengths that the schemas and the database keep to. */
      limits: typeof limits;
      /** Path and query of the request. */
      path: string;
      now: Date;
      json: typeof inlineJson;
      /** The translations and the time zone that the page's script needs. */
      browserWords(): { locale: Locale; timeZone: string; messages: Messages };
      /** @param ofList says which list it is in */
      rowOf(task: TaskPayload, ofList?: boolean): RowView;
      /** What the viewer calls a list; null is the name of the personal one. */
      listName(name: string | null): string;
      due(day: string): Due;
      day(day: string): string;
      time(time: string): string;
      number(number: number): string;
      textIn(text: LocalizedText): string;
      initialOf: typeof initialOf;
      languages: { code: Locale; name: string }[];
      /** The same page in another language. */
      inLanguage(code: Locale): string;
    }
  }
}

const languages = locales.map((code) => ({ code, name: languageNames[code] }));

/** What every view may count on besides what its controller gives. Reads nothing: the sidebar is a route's choice. */
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
    browserWords: () => ({ locale, timeZone, messages: browserMessages(locale) }),
    rowOf: (task, ofList = false) =>
      rowFor(task, {
        ...reader,
        viewerId: locals.viewer?.id ?? 0,
        categories: (categories ??= categoriesOf(locals)),
        ...(ofList && { lists: listNames(locals) }),
      }),
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

const browserMessages = (locale: Locale): Messages => ({
  live: translations[locale].live,
  row: translations[locale].row,
});

const categoriesOf = ({ sidebar }: Partial<Express.Locals>): ReadonlyMap<number, CategoryPayload> =>
  new Map((sidebar?.categories ?? []).map((category) => [category.id, category]));

const listNames = (locals: Express.Locals): ReadonlyMap<number, string> =>
  new Map((locals.sidebar?.lists ?? []).map(({ id, name }) => [id, locals.listName(name)]));
