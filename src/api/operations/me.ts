import type { z } from 'zod';
import type { User } from '../../models/index.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { operation, type OperationContext, type OperationResponse } from '../operation.ts';
import { mePatch, mePut, meSchema } from '../../schemas/me.ts';
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

const writing = {
  path: '/me',
  tag: 'Me',
  scope: 'write',
  headers: ifMatch,
  responses,
  problems: ['preconditionFailed'],
} as const;

export const updateMe = operation({
  ...writing,
  method: 'patch',
  summary: 'Update your name, language, time zone or country',
  description: 'Email address and password are changed with `POST /me/email` and `PUT /me/password`.',
  body: mePatch,
  example: { body: { timeZone: 'Europe/Madrid', country: 'ES' } },
  run: (context) => update(context, context.body),
});

export const replaceMe = operation({
  ...writing,
  method: 'put',
  summary: 'Replace your name, language, time zone and country',
  description: 'As `PATCH`, with every field; without a `country` there is none.',
  body: mePut,
  example: { body: { name: 'Ana', locale: 'es', timeZone: 'Europe/Madrid', country: 'ES' } },
  run: (context) => update(context, { ...context.body, country: context.body.country ?? null }),
});

const update = (
  { viewer, req }: OperationContext<unknown, unknown, unknown>,
  { name, locale, timeZone, country }: z.output<typeof mePatch>,
): Promise<OperationResponse> =>
  withUserLock(viewer, async (user) => {
    checkIfMatch(req, respondWithMe(viewer, user).headers.ETag);
    return respondWithMe(viewer, await updateProfile(user, { name, locale, timeZone, country }));
  });

function respondWithMe(viewer: Viewer, user: User): OperationResponse & { headers: { ETag: string } } {
  const body = presentMe(user, viewer);
  return { status: 200, body, headers: { ETag: entityTag(JSON.stringify(body)) } };
}
