import type { Request, Response } from 'express';
import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { parse, idInPath } from '../../lib/parse.ts';
import { tokenMail } from '../../mail/templates.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { throttleOf } from '../../middleware/limits.ts';
import type { TokenScope } from '../../schemas/token.ts';
import * as fields from '../../schemas/user.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { createToken, revokeToken } from '../../models/api-token/commands.ts';
import { findToken, listTokens } from '../../models/api-token/queries.ts';
import { checkCurrentPassword } from '../../models/user/password.ts';
import { findByViewer } from '../../models/user/queries.ts';

const lifetimes = ['30', '90', '365', 'never'] as const;
const access = ['read', 'write'] as const;
const tokenForm = z.object({
  name: fields.personName,
  access: z.enum(access, 'errors.invalid').default('read'),
  lifetime: z.enum(lifetimes, 'errors.invalid').default('90'),
  currentPassword: fields.currentPassword,
});

const scopesOf: Record<(typeof access)[number], TokenScope[]> = { read: ['read'], write: ['read', 'write'] };
const defaults = { name: '', access: 'write', lifetime: '90' };

export async function index(_req: Request, res: Response): Promise<void> {
  res.render('settings/tokens', { ...(await localsOf(res)), ...res.locals.takeOnce(), input: defaults, errors: {} });
}

/** The page shows the token once: only its digest is stored. */
export async function create(req: Request, res: Response): Promise<void> {
  try {
    const { name, access: allowed, lifetime, currentPassword } = parse(tokenForm, req.body);
    const viewer = viewerOf(res);
    const user = await findByViewer(viewer);
    const passwordDigest = await throttleOf(req).password(viewer.id, () => checkCurrentPassword(user, currentPassword));
    const issued = await createToken(
      viewer.id,
      { name, scopes: scopesOf[allowed], expiresAt: expiryOf(lifetime), notice: tokenMail(user, name) },
      { passwordDigest },
    );
    await res.locals.keepOnce('/settings/tokens', { issued: { name, token: issued.token } });
    res.redirect(303, '/settings/tokens');
  } catch (error) {
    await renderFormErrors(error, res, 'settings/tokens', { ...(await localsOf(res)), input: typedIn(req.body) });
  }
}

export async function destroy(req: Request, res: Response): Promise<void> {
  const token = await findToken(viewerOf(res), idInPath(req.params.id));
  if (!token) throw notFound();
  await revokeToken(token);
  await res.locals.keepFlash({ kind: 'notice', key: 'accounts.tokens.ended', options: { name: token.name } });
  res.redirect(303, '/settings/tokens');
}

const localsOf = async (res: Response) => ({
  tokens: await listTokens(viewerOf(res)),
  access,
  lifetimes,
  issued: null,
});

function expiryOf(lifetime: (typeof lifetimes)[number]): Date | null {
  return lifetime === 'never' ? null : new Date(Date.now() + Number(lifetime) * 24 * 60 * 60 * 1000);
}
