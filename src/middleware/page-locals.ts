import type { NextFunction, Request, Response } from 'express';
import { asset } from '../lib/assets.ts';
import { linksIn, partsOf } from '../lib/text-parts.ts';
import { markFound } from '../presenters/task.ts';
import { listPath } from './redirect-back.ts';
import { languageNames, translations } from '../locales/index.ts';
import type { CategoryPayload, LocalizedText, ShownFlash, TaskPayload, TextPart } from '../shared/events.ts';
import { formatDay, formatDue, formatNumber, formatTime, textIn, type Due } from '../shared/format.ts';
import { limits, locales, type Locale } from '../shared/limits.ts';
import { addressFrom, initialOf, rowOf as rowFor, type RowView } from '../shared/row.ts';
import type { Messages, Translate } from '../shared/translations.ts';
import { saveSession } from './session.ts';

declare global {
  namespace Express {
    interface Locals {
      asset: typeof asset;
      /** Shared with the schemas and the database. */
      limits: typeof limits;
      /** Path and query of the request. */
      path: string;
      /** The page answers a POST: its address may have no GET, so a live refresh must leave it alone. */
      still: boolean;
      /** The list that the person came from and returns to, with its filter, sort and page; or null. */
      from: string | null;
      /** The address of a page that leads back to `from`. */
      addressFrom: typeof addressFrom;
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

  Object.defineProperty(locals, 'from', {
    configurable: true,
    enumerable: true,
    get: () => listPath(req.query.from ?? (req.body as { from?: unknown } | undefined)?.from),
  });
  Object.assign(locals, {
    asset,
    limits,
    path: req.originalUrl,
    still: !['GET', 'HEAD'].includes(req.method),
    addressFrom,
    now,
    json: inlineJson,
    browserMessages: () => ({ locale, timeZone, messages: messagesFor(locale) }),
    rowOf: (task, withList = false) => {
      const row = rowFor(task, {
        ...reader,
        viewerId: locals.viewer?.id ?? 0,
        from: listPath(req.originalUrl) ?? undefined,
        categories: (categories ??= categoriesOf(locals)),
        ...(withList && { lists: listNames(locals) }),
      });
      return locals.words ? markFound(row, task, locals.words) : row;
    },
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

/** A message for the next page that the person sees. */
export interface Flash {
  kind: 'notice' | 'alert';
  /** Translation key. */
  key: string;
  options?: Record<string, string | number>;
  /** A form that undoes the change. */
  undo?: { action: string; method: string; labelKey: string };
  link?: { href: string; labelKey: string };
}

declare global {
  namespace Express {
    interface Locals {
      /** The message kept for this page, or null. Set by flash; reading it removes it from the session. */
      flash: ShownFlash | null;
      /** Keeps a message in the session. Await it before redirecting. */
      keepFlash(flash: Flash): Promise<void>;
    }
  }
}

declare module 'express-session' {
  interface SessionData {
    flash: Flash;
  }
}

/** One-time messages for signed-in people. */
export function flash(req: Request, res: Response, next: NextFunction): void {
  res.locals.keepFlash = (kept) => {
    req.session.flash = kept;
    return saveSession(req);
  };
  // Taken when a page renders it, so that redirects and JSON responses do not lose it.
  let shown: ShownFlash | null | undefined;
  Object.defineProperty(res.locals, 'flash', { enumerable: true, get: () => (shown ??= take(req, res)) });
  next();
}

/** A prefetched page may never be seen. */
export const isPrefetch = (req: Request): boolean =>
  ['sec-purpose', 'x-sec-purpose'].some((name) => req.get(name)?.includes('prefetch'));

function take(req: Request, res: Response): ShownFlash | null {
  const { flash: kept } = req.session;
  if (!kept || isPrefetch(req)) return null;
  delete req.session.flash;
  return translateFlash(kept, res.locals.t);
}

/** What a page shows of a message. */
export const translateFlash = ({ kind, key, options, undo, link }: Flash, t: Translate): ShownFlash => ({
  kind,
  message: t(key, options),
  ...(undo && { undo: { action: undo.action, method: undo.method, label: t(undo.labelKey) } }),
  ...(link && { link: { href: link.href, label: t(link.labelKey) } }),
});

/** Whether a request asks for JSON rather than for a page. */
export function wantsJson(req: Request): boolean {
  return (
    req.path.startsWith('/api/') ||
    req.accepts(['html', 'json']) === 'json' ||
    (Boolean(req.is('json')) && !req.get('accept')?.includes('html'))
  );
}
