/**
 * What a page shows once, after a redirect: a link, a token, a preview; and what was typed in a form that was sent
 * after the session had ended. That travels, sealed, through the sign-in form and is filled in again for the same
 * person; it is never stored for anyone else and never sent without a press.
 */
import type { NextFunction, Request, Response } from 'express';
import { safeRedirectPath } from './redirect-back.ts';
import { seal, unseal, type SealKey } from '../lib/seal.ts';
import { isPrefetch } from './page-locals.ts';
import { hasSessionCookie, saveSession } from './session.ts';

/** Locals of a page that are shown after a redirect and not stored otherwise. */
export type ShownOnce = Record<string, unknown>;

interface KeptOnce {
  /** Path of the page that shows it. */
  path: string;
  /** Of an unsent form: its address. */
  action?: string;
  /** Sealed: a copy of the database reveals neither links nor tokens. */
  sealed: string;
  showings: number;
}

declare global {
  namespace Express {
    interface Locals {
      /**
       * Keeps what the page at `path` shows after a redirect, in the person's session: for its first showing and one
       * reload, ten minutes at most. Await it before redirecting. @param action of an unsent form
       */
      keepOnce(path: string, shown: ShownOnce, action?: string): Promise<void>;
      /** What was kept for this page; empty otherwise. */
      takeOnce(): ShownOnce;
    }
  }
}

declare module 'express-session' {
  interface SessionData {
    once: KeptOnce;
  }
}

const ONCE_MS = 10 * 60 * 1000;
const SHOWINGS = 2;

type Fields = Record<string, string | string[]>;

interface UnsentForm {
  /** Id of the person whose page the form was on. */
  author: number;
  action: string;
  fields: Fields;
}

const LIFETIME_MS = 60 * 60 * 1000;
/** Of the sealed form: the sign-in form has to stay below the limit of a body. */
const MAX_LENGTH = 150_000;
const SECRET_FIELD = /password|setupToken/i;
/** Fields that stand beside the input in a page's locals. */
const HIDDEN_FIELDS = ['formKey', 'textRevision'] as const;

/** Data and typed text for the next page, for signed-in people. */
export function shownOnce(req: Request, res: Response, next: NextFunction): void {
  res.locals.keepOnce = (path, shown, action) => {
    req.session.once = { path, ...(action && { action }), sealed: seal(shown, ONCE_MS, keyOnce(req)), showings: 0 };
    return saveSession(req);
  };
  let once: ShownOnce | undefined;
  res.locals.takeOnce = () => (once ??= takeOnce(req));
  restoreUnsentForm(req, res);
  next();
}

function takeOnce(req: Request): ShownOnce {
  const { once } = req.session;
  if (!once || isPrefetch(req)) return {};
  const shown = unseal(once.sealed, keyOnce(req)) as ShownOnce | null;
  if (shown && once.path !== req.path) return {};
  const showings = once.showings + 1;
  if (shown && showings < SHOWINGS) req.session.once = { ...once, showings };
  else delete req.session.once;
  return shown ?? {};
}

/** Bound to the person. */
const keyOnce = (req: Request): SealKey => ({
  secret: req.app.locals.settings.sessionSecret,
  purpose: `shown once to ${String(req.session.userId)}`,
});

/** The sign-in page in answer to a form that was sent signed out. */
export function signInPage(req: Request, res: Response): [view: string, locals: object] {
  const unsent = sealForm(req, res);
  const notice = unsent ? 'unsent' : hasSessionCookie(req) ? 'expired' : 'first';
  return ['sessions/new', { notice, unsent, input: { email: '', next: pageOfForm(req) }, errors: {} }];
}

/** The form of the sign-in page's hidden field, if it is this person's. */
export function unsentForm(req: Request, userId: number): { unsent: UnsentForm } | null {
  const { unsent } = req.body as { unsent?: unknown };
  const form = typeof unsent === 'string' ? (unseal(unsent, keyOf(req)) as UnsentForm | null) : null;
  return form?.author === userId ? { unsent: form } : null;
}

/** Fills in the form of the page that an unsent one was on, and forgets it once that form is sent again. */
function restoreUnsentForm(req: Request, res: Response): void {
  const { once } = req.session;
  if (once && req.method !== 'GET' && once.action === req.path) delete req.session.once;
  if (once?.action !== undefined && req.method === 'GET') {
    const render = res.render.bind(res);
    res.render = (view: string, locals?: unknown, done?: never) => {
      const { unsent } = res.locals.takeOnce() as { unsent?: UnsentForm };
      render(
        view,
        unsent ? filledIn((locals ?? {}) as Record<string, unknown>, unsent, res) : (locals as object),
        done,
      );
    };
  }
}

function filledIn(locals: Record<string, unknown>, { fields }: UnsentForm, { locals: { t } }: Response): object {
  const hidden = HIDDEN_FIELDS.filter((name) => name in locals && typeof fields[name] === 'string');
  return {
    ...locals,
    input: { ...(locals.input as Fields | undefined), ...fields },
    ...Object.fromEntries(hidden.map((name) => [name, fields[name]])),
    resumed: t('shared.resumed'),
  };
}

/** @returns null where nothing was typed, or by nobody known */
function sealForm(req: Request, res: Response): string | null {
  const author = res.locals.formAuthor;
  const fields = textIn(req.body);
  if (!author || !Object.values(fields).some((value) => typeof value === 'string' && value.trim() !== '')) return null;
  const form: UnsentForm = { author, action: req.path, fields };
  const sealed = seal(form, LIFETIME_MS, keyOf(req));
  return sealed.length <= MAX_LENGTH ? sealed : null;
}

/** The texts and lists of texts of a form, without passwords. */
export function textIn(body: unknown): Fields {
  const fields: Fields = {};
  for (const [name, value] of Object.entries((body ?? {}) as Record<string, unknown>)) {
    if (SECRET_FIELD.test(name)) continue;
    if (typeof value === 'string') fields[name] = value;
    else if (Array.isArray(value)) fields[name] = value.filter((one) => typeof one === 'string');
  }
  // A form without any ticked category sends none.
  return 'categoryIdsBefore' in fields ? { categoryIds: [], ...fields } : fields;
}

/** The page with the form, by the Referer; pages that hide their address have that of their form. */
function pageOfForm(req: Request): string {
  const referer = req.get('referer') ?? '';
  const { host, pathname, search } = URL.canParse(referer) ? new URL(referer) : new URL(req.path, 'http://localhost');
  const own = host === req.get('host') && pathname !== '/login' ? safeRedirectPath(pathname + search) : null;
  return own && (own !== '/' || /^\/(tasks|inbox|trash)\b/.test(req.path)) ? own : (safeRedirectPath(req.path) ?? '/');
}

const keyOf = (req: Request): SealKey => ({
  secret: req.app.locals.settings.sessionSecret,
  purpose: 'unsent form',
});
