/**
 * A form that is sent after the session has ended: what was typed travels, sealed, through the sign-in form and is
 * filled in again for the same person. It is never stored for anyone else and never sent without a press.
 */
import type { NextFunction, Request, Response } from 'express';
import { safeRedirectPath } from '../lib/safe-redirect-path.ts';
import { seal, unseal, type SealKey } from '../lib/seal.ts';
import { hasSessionCookie } from './session.ts';

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
export function restoreUnsentForm(req: Request, res: Response, next: NextFunction): void {
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
  next();
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
