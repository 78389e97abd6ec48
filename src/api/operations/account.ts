/** One's own account: password, email address, sessions and tokens. */
import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { confirmationMail, emailChangedMail } from '../../mail/templates.ts';
import { throttleOf } from '../../middleware/limits.ts';
import { revokeToken } from '../../models/api-token/commands.ts';
import { findToken, listTokens as tokensOf } from '../../models/api-token/queries.ts';
import { destroyOtherSessions, destroySessionById } from '../../models/session/commands.ts';
import { listSessions as sessionsOf } from '../../models/session/queries.ts';
import { deleteAccount } from '../../models/user/account-deletion.ts';
import * as emailChanges from '../../models/user/email-changes.ts';
import { changePassword as change } from '../../models/user/password.ts';
import { findByViewer } from '../../models/user/queries.ts';
import { presentSession } from '../../presenters/session.ts';
import { presentToken } from '../../presenters/token.ts';
import {
  accountDeletion,
  emailChange,
  emailConfirmation,
  keptTokenIds,
  passwordBody,
  sessionSchema,
} from '../../schemas/account.ts';
import { listHeaders, numberedPaging } from '../../schemas/paging.ts';
import { idParams } from '../../schemas/shared.ts';
import { tokenSchema } from '../../schemas/token.ts';
import { noContent, pageOf } from '../response.ts';
import { operation } from '../operation.ts';

export const changePassword = operation({
  method: 'put',
  path: '/me/password',
  tag: 'Me',
  summary: 'Change your password',
  description: 'Signs you out in every browser, and revokes your tokens but this one and those in `keepTokens`.',
  scope: 'write',
  body: passwordBody,
  example: { body: { currentPassword: 'the lamp by the window', newPassword: 'the ladder by the wall' } },
  responses: { 204: { description: 'Changed.' } },
  async run({ viewer, token, body: { currentPassword, newPassword, keepTokens }, req }) {
    const user = await findByViewer(viewer);
    const kept = { keepTokens: [token.id, ...keepTokens] };
    await throttleOf(req).password(viewer.id, () => change(user, currentPassword, newPassword, kept));
    return noContent;
  },
});

export const requestEmailChange = operation({
  method: 'post',
  path: '/me/email',
  tag: 'Me',
  summary: 'Change your email address',
  description:
    'A link is mailed to the new address, which becomes yours when it is confirmed. The response does not tell ' +
    'whether somebody else has the address.',
  scope: 'write',
  body: z.strictObject(emailChange.shape),
  example: { body: { email: 'ana@example.org', currentPassword: 'the lamp by the window' } },
  responses: { 202: { description: 'Requested.' } },
  async run({ viewer, body: { email, currentPassword }, req }) {
    await throttleOf(req).changeEmail(viewer.id, () =>
      emailChanges.requestEmailChange(viewer, email, currentPassword, confirmationMail(viewer)),
    );
    return { status: 202 };
  },
});

export const confirmEmailChange = operation({
  method: 'post',
  path: '/me/email/confirm',
  tag: 'Me',
  summary: 'Confirm your new email address',
  scope: 'write',
  body: emailConfirmation,
  example: { body: { token: 'kqT5cZ0m2c8ZkUjvO7t1oWmZ5S0l3h6mXq9c2nL4wYo' } },
  responses: { 204: { description: 'Changed.' } },
  problems: ['notFound'],
  async run({ viewer, body: { token } }) {
    await emailChanges.confirmEmailChange(viewer, token, emailChangedMail(viewer));
    return noContent;
  },
});

export const deleteMe = operation({
  method: 'delete',
  path: '/me',
  tag: 'Me',
  summary: 'Delete your account',
  description:
    'Your personal list goes with it, and so do teams without other members; what you wrote in other teams stays ' +
    'without an author. A team that you alone own needs another owner first. This cannot be undone.',
  scope: 'write',
  body: z.strictObject(accountDeletion.shape),
  example: { body: { currentPassword: 'the lamp by the window' } },
  responses: { 204: { description: 'Deleted.' } },
  async run({ viewer, body: { currentPassword }, req }) {
    const user = await findByViewer(viewer);
    await throttleOf(req).password(viewer.id, () => deleteAccount(user, viewer, currentPassword));
    return noContent;
  },
});

const sessions = { path: '/me/sessions', tag: 'Sessions' } as const;

export const listSessions = operation({
  ...sessions,
  method: 'get',
  summary: 'List the browsers in which you are signed in',
  description: 'The most recently used first.',
  scope: 'read',
  query: z.strictObject(numberedPaging),
  responses: { 200: { description: 'A page of sessions.', schema: z.array(sessionSchema), headers: listHeaders } },
  run: async ({ viewer, query, req }) =>
    pageOf(req, await sessionsOf(viewer, ''), query, { idOf: ({ id }) => id, present: presentSession }),
});

export const deleteSessions = operation({
  ...sessions,
  method: 'delete',
  summary: 'Sign out in every browser, and revoke your other tokens',
  scope: 'write',
  query: z.strictObject({ keepTokens: keptTokenIds }),
  responses: { 204: { description: 'Signed out.' } },
  async run({ viewer, token, query: { keepTokens } }) {
    await destroyOtherSessions(viewer, null, [token.id, ...keepTokens]);
    return noContent;
  },
});

export const deleteSession = operation({
  ...sessions,
  path: `${sessions.path}/{id}`,
  method: 'delete',
  summary: 'Sign out in one browser',
  scope: 'write',
  params: idParams,
  responses: { 204: { description: 'Signed out.' } },
  async run({ viewer, params: { id } }) {
    await destroySessionById(viewer, id);
    return noContent;
  },
});

const tokens = { path: '/me/tokens', tag: 'Tokens' } as const;

export const listTokens = operation({
  ...tokens,
  method: 'get',
  summary: 'List your tokens',
  description: 'The newest first. Create one with `POST /login`.',
  scope: 'read',
  query: z.strictObject(numberedPaging),
  responses: { 200: { description: 'A page of tokens.', schema: z.array(tokenSchema), headers: listHeaders } },
  run: async ({ viewer, query, req }) =>
    pageOf(req, await tokensOf(viewer), query, { idOf: ({ id }) => id, present: presentToken }),
});

export const deleteToken = operation({
  ...tokens,
  path: `${tokens.path}/{id}`,
  method: 'delete',
  summary: 'Revoke a token',
  description: 'Takes effect immediately.',
  scope: 'write',
  params: idParams,
  responses: { 204: { description: 'Revoked.' } },
  async run({ viewer, params: { id } }) {
    const token = await findToken(viewer, id);
    if (!token) throw notFound();
    await revokeToken(token);
    return noContent;
  },
});
