import { User } from '../../models/index.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { checkMatch, entityTag } from '../entity-tag.ts';
import { operation, type Answer } from '../operation.ts';
import { presentMe } from '../../presenters/me.ts';
import { mePatch, meSchema } from '../../schemas/me.ts';
import { ifMatch } from '../../schemas/shared.ts';
import { updateProfile, withUserLock } from '../../models/user/commands.ts';
import { findByViewer } from '../../models/user/queries.ts';

const answers = {
  200: { description: 'The account.', schema: meSchema, headers: { ETag: 'For If-None-Match and If-Match.' } },
};

export const readMe = operation({
  method: 'get',
  path: '/me',
  tag: 'Me',
  summary: 'Read your account',
  scope: 'read',
  answers,
  run: async ({ viewer }) => answerMe(viewer, await findByViewer(viewer)),
});

export const patchMe = operation({
  method: 'patch',
  path: '/me',
  tag: 'Me',
  summary: 'Change your name, language, time zone or country',
  description: 'Email address and password are changed in the settings.',
  scope: 'write',
  headers: ifMatch,
  body: mePatch,
  example: { body: { timeZone: 'Europe/Madrid', country: 'ES' } },
  answers,
  problems: ['preconditionFailed'],
  run: ({ viewer, body: { name, locale, timeZone, country }, req }) =>
    withUserLock(viewer, async (user) => {
      checkMatch(req, answerMe(viewer, user).headers.ETag);
      return answerMe(viewer, await updateProfile(user, { name, locale, timeZone, country }));
    }),
});

function answerMe(viewer: Viewer, user: User): Answer & { headers: { ETag: string } } {
  const body = presentMe(user, viewer);
  return { status: 200, body, headers: { ETag: entityTag(JSON.stringify(body)) } };
}
