import { z } from 'zod';
import { HttpError } from '../../lib/http-error.ts';
import { tokenMail } from '../../mail/templates.ts';
import { throttleOf } from '../../middleware/limits.ts';
import { operation } from '../operation.ts';
import { newTokenFields, tokenSchema } from '../../schemas/token.ts';
import { createToken, revokeToken } from '../../models/api-token/commands.ts';
import { findToken } from '../../models/api-token/queries.ts';
import { authenticate } from '../../models/user/commands.ts';
import { presentToken } from '../../presenters/token.ts';
import { currentPassword, signInEmail } from '../../schemas/user.ts';
import { noContent } from '../response.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export const login = operation({
  method: 'post',
  path: '/login',
  tag: 'Tokens',
  summary: 'Create a token with an email address and a password',
  description: 'The token is returned only once: the server stores its digest.',
  scope: null,
  body: z.strictObject({ email: signInEmail, password: currentPassword, ...newTokenFields }),
  example: { body: { email: 'ana@example.com', password: 'the lamp by the window', name: 'backup' } },
  responses: {
    201: { description: 'The token.', schema: tokenSchema.extend({ token: z.string() }).meta({ id: 'NewToken' }) },
  },
  problems: ['unauthenticated'],
  async run({ body: { email, password, name, scopes, expiresInDays }, req }) {
    const user = await throttleOf(req).signIn(email, req.ip, () => authenticate(email, password));
    if (!user) throw new HttpError(401, 'errors.signInFailed');
    const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * DAY_MS);
    const { token, row } = await createToken(
      user.id,
      { name, scopes, expiresAt, notice: tokenMail(user, name) },
      { passwordDigest: user.passwordDigest, signsIn: true },
    );
    return { status: 201, body: { ...presentToken(row), token }, headers: { 'Cache-Control': 'no-store' } };
  },
});

export const logout = operation({
  method: 'delete',
  path: '/logout',
  tag: 'Tokens',
  summary: 'Revoke the token of this request',
  description: 'Takes effect immediately.',
  scope: 'read',
  responses: { 204: { description: 'Revoked.' } },
  async run({ viewer, token }) {
    const own = await findToken(viewer, token.id);
    if (own) await revokeToken(own);
    return noContent;
  },
});
