import { z } from 'zod';
import { HttpError } from '../../lib/http-error.ts';
import { throttleOf } from '../../middleware/throttle.ts';
import { noContent, operation } from '../operation.ts';
import { newTokenFields, presentToken, tokenSchema } from '../../schemas/token.ts';
import { createToken, revokeToken } from '../../models/api-token/commands.ts';
import { findToken } from '../../models/api-token/queries.ts';
import { authenticate } from '../../models/user/commands.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export const login = operation({
  method: 'post',
  path: '/login',
  tag: 'Tokens',
  summary: 'Get a token for an email address and a password',
  description: 'The token is in this answer and nowhere else: only its digest is kept.',
  scope: null,
  body: z.strictObject({
    email: z.string('errors.emailMissing').trim().min(1, 'errors.emailMissing'),
    password: z.string('errors.passwordMissing').min(1, 'errors.passwordMissing').max(1000, 'errors.passwordTooLong'),
    ...newTokenFields,
  }),
  example: { body: { email: 'ana@example.com', password: 'the lamp by the window', name: 'backup' } },
  answers: {
    201: { description: 'The token.', schema: tokenSchema.extend({ token: z.string() }).meta({ id: 'NewToken' }) },
  },
  problems: ['unauthenticated'],
  async run({ body: { email, password, name, scopes, expiresInDays }, req }) {
    const user = await throttleOf(req).signIn(email, req.ip, () => authenticate(email, password));
    if (!user) throw new HttpError(401, 'errors.signInFailed');
    const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * DAY_MS);
    const { token, row } = await createToken(user.id, { name, scopes, expiresAt }, user);
    return { status: 201, body: { ...presentToken(row), token }, headers: { 'Cache-Control': 'no-store' } };
  },
});

export const logout = operation({
  method: 'delete',
  path: '/logout',
  tag: 'Tokens',
  summary: 'End the token of this request, at once',
  scope: 'read',
  answers: { 204: { description: 'It has ended.' } },
  async run({ viewer, token }) {
    const own = await findToken(viewer, token.id);
    if (own) await revokeToken(own);
    return noContent;
  },
});
