import type { User } from '../../models/index.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { operation, type OperationResponse } from '../operation.ts';
import { mePatch, meSchema } from '../../schemas/me.ts';
import { ifMatch } from '../../schemas/shared.ts';
import { updateProfile, withUserLock } from '../../models/user/commands.ts';
import { findByViewer } from '../../models/user/queries.ts';
import { presentMe } from '../../presenters/user.ts';
import { checkIfMatch, entityTag } from '../response.ts';

const responses = {
  200: {
    description: 'The account.',
    schema: meSchema,
    headers: { ETag: 'Send it in `If-None-Match` or `If-Match`.' },
  },
};

export const getMe = operation({
  method: 'get',
  path: '/me',
  tag: 'Me',
  summary: 'Get your account',
  scope: 'read',
  responses,
  run: async ({ viewer }) => respondWithMe(viewer, await findByViewer(viewer)),
});

export const updateMe = operation({
  method: 'patch',
  path: '/me',
  tag: 'Me',
  summary: 'Update your name, language, time zone or country',
  description: 'Email address and password are changed with `POST /me/email` and `PUT /me/password`.',
  scope: 'write',
  headers: ifMatch,
  body: mePatch,
  example: { body: { timeZone: 'Europe/Madrid', country: 'ES' } },
  responses,
  problems: ['preconditionFailed'],
  run: ({ viewer, body: { name, locale, timeZone, country }, req }) =>
    withUserLock(viewer, async (user) => {
      checkIfMatch(req, respondWithMe(viewer, user).headers.ETag);
      return respondWithMe(viewer, await updateProfile(user, { name, locale, timeZone, country }));
    }),
});

function respondWithMe(viewer: Viewer, user: User): OperationResponse & { headers: { ETag: string } } {
  const body = presentMe(user, viewer);
  return { status: 200, body, headers: { ETag: entityTag(JSON.stringify(body)) } };
}
