import { worldPassword } from '../support/world.ts';
import {
  administrators,
  anyoneInvalid,
  anyone,
  redirectsToSignIn,
  members,
  membersByListId,
  owners,
  signedInUsersInvalid,
  linkHolders,
  signedInLinkHolders,
  signedInUsers,
  ownerOnly,
  type Access,
} from './access.ts';
import type { Kind, Params } from './resources.ts';

export interface Entry {
  by: Access;
  /** The resource in the path or the input. */
  on?: Kind;
  /** The form, or a function that creates it. */
  send?: Record<string, string> | ((params: Params) => Record<string, string>);
  query?: (params: Params) => Record<string, string>;
  /** Also shows a team's name to others: to holders of its link, or to administrators. */
  revealsTeam?: true;
}

/** Routes outside the site's authentication. */
export const publicRoutes: Record<string, Entry> = {
  'GET /healthz': { by: anyone },
  'GET /readyz': { by: anyone },
  'GET /api/docs': { by: anyone },
  'GET /api/v1/openapi.json': { by: anyone },
  'GET /api/v1/asyncapi.json': { by: anyone },
};

/** Who may use each route of the site. A missing route fails the test. */
export const pages: Record<string, Entry> = {
  'GET /register': { by: anyone },
  'POST /register': { by: anyoneInvalid },
  'GET /registrations/:token': { by: linkHolders, on: 'registration' },
  'POST /registrations/:token': { by: linkHolders, on: 'registration', send: { currentPassword: worldPassword } },
  'GET /login': { by: anyone },
  'POST /login': { by: anyoneInvalid },
  'POST /logout': { by: redirectsToSignIn },

  'GET /password-resets/new': { by: anyone },
  'POST /password-resets': { by: anyoneInvalid },
  'GET /password-resets/:token': { by: linkHolders, on: 'passwordReset' },
  'PATCH /password-resets/:token': { by: linkHolders, on: 'passwordReset', send: { newPassword: worldPassword } },

  'GET /settings': { by: signedInUsers },
  'GET /settings/profile': { by: signedInUsers },
  'PATCH /settings/profile': { by: signedInUsers, send: { name: 'Somebody', timeZone: 'Europe/Madrid', country: '' } },
  'POST /settings/email': {
    by: signedInUsersInvalid,
    send: { email: 'new@example.com', currentPassword: `not ${worldPassword}` },
  },
  'GET /settings/email/:token': { by: ownerOnly, on: 'emailChange' },
  'PATCH /settings/email/:token': { by: ownerOnly, on: 'emailChange' },
  'GET /settings/password': { by: signedInUsers },
  'GET /settings/sessions': { by: signedInUsers },
  'DELETE /settings/sessions': { by: signedInUsers },
  'DELETE /settings/sessions/:id': { by: ownerOnly, on: 'session' },
  'GET /settings/account': { by: signedInUsers },
  'DELETE /settings/account': { by: signedInUsersInvalid, send: { currentPassword: `not ${worldPassword}` } },
  'PATCH /settings/language': { by: signedInUsers, send: { locale: 'en' } },
  'PATCH /settings/password': {
    by: signedInUsersInvalid,
    send: { currentPassword: `not ${worldPassword}`, newPassword: 'the ladder by the wall' },
  },
  'GET /settings/tokens': { by: signedInUsers },
  'POST /settings/tokens': {
    by: signedInUsers,
    send: { name: 'a program', scopes: 'read', currentPassword: worldPassword },
  },
  'DELETE /settings/tokens/:id': { by: ownerOnly, on: 'token' },
  'GET /settings/export': { by: members, on: 'list', query: ({ id = '' }) => ({ listId: id }) },
  'GET /settings/import': { by: signedInUsers },
  'POST /settings/import': { by: signedInUsersInvalid },

  'GET /': { by: signedInUsers },
  'GET /tasks': { by: members, on: 'list', query: ({ id = '' }) => ({ list: id }) },
  'POST /tasks': { by: membersByListId, on: 'list', send: ({ id = '' }) => ({ description: 'Something', listId: id }) },
  'GET /tasks/new': { by: signedInUsers },
  'GET /tasks/mine': { by: signedInUsers },
  'GET /tasks/:id': { by: members, on: 'task' },
  'GET /tasks/:id/edit': { by: members, on: 'task' },
  'PATCH /tasks/:id': { by: members, on: 'task', send: { description: 'Something else', textRevision: '1' } },
  'DELETE /tasks/:id': { by: members, on: 'task' },
  'POST /tasks/:id/completion': { by: members, on: 'task' },
  'DELETE /tasks/:id/completion': { by: members, on: 'task' },

  'PUT /tasks/:id/list': { by: members, on: 'task', send: ({ listId = '' }) => ({ listId }) },
  'POST /tasks/:id/follow': { by: members, on: 'task' },
  'DELETE /tasks/:id/follow': { by: members, on: 'task' },
  'POST /tasks/:id/reading': { by: members, on: 'task' },

  'GET /inbox': { by: signedInUsers },
  'POST /inbox/reading': { by: signedInUsers, send: { shown: '1-1' } },

  'GET /activity': { by: signedInUsers, on: 'list', query: ({ id = '' }) => ({ list: id }) },
  'GET /lists/:id/events': { by: members, on: 'list', query: () => ({ since: '0' }) },

  'GET /trash': { by: signedInUsers },
  'POST /trash/:id/restore': { by: members, on: 'trashedTask' },
  'DELETE /trash/:id': { by: members, on: 'trashedTask' },

  'GET /categories': { by: signedInUsers },
  'POST /categories': {
    by: membersByListId,
    on: 'list',
    send: ({ id = '' }) => ({ name: crypto.randomUUID(), color: 'red', listId: id }),
  },
  'GET /categories/new': { by: signedInUsers },
  'GET /categories/:id': { by: members, on: 'category' },
  'GET /categories/:id/edit': { by: members, on: 'category' },
  'PATCH /categories/:id': { by: members, on: 'category', send: () => ({ name: crypto.randomUUID(), color: 'red' }) },
  'DELETE /categories/:id': { by: members, on: 'category' },

  'GET /teams': { by: signedInUsers },
  'POST /teams': { by: signedInUsers, send: () => ({ name: crypto.randomUUID() }) },
  'GET /teams/new': { by: signedInUsers },
  'GET /teams/:id': { by: members, on: 'team' },
  'PATCH /teams/:id': { by: owners, on: 'team', send: () => ({ name: crypto.randomUUID() }) },
  'DELETE /teams/:id': { by: owners, on: 'team', send: ({ name = '' }) => ({ name }) },
  'PATCH /teams/:id/members/:userId': { by: owners, on: 'member', send: { role: 'owner' } },
  'DELETE /teams/:id/members/:userId': { by: members, on: 'member' },
  'POST /teams/:id/invitations': { by: owners, on: 'team', send: {} },
  'DELETE /teams/:id/invitations/:invitationId': { by: owners, on: 'teamInvitation' },
  'GET /invitations/:token': { by: linkHolders, on: 'link', revealsTeam: true },
  'POST /invitations/:token': { by: signedInLinkHolders, on: 'link', revealsTeam: true },

  'GET /admin/users': { by: administrators },
  'GET /admin/users/:id': { by: administrators, on: 'user' },
  'POST /admin/users/:id/disabled': { by: administrators, on: 'user' },
  'DELETE /admin/users/:id/disabled': { by: administrators, on: 'user' },
  'POST /admin/users/:id/administrator': { by: administrators, on: 'user' },
  'DELETE /admin/users/:id/administrator': { by: administrators, on: 'user' },
  'GET /admin/mails': { by: administrators },
  'POST /admin/mails/:id/link': { by: administrators, on: 'mail' },
  'GET /admin/audit': { by: administrators, revealsTeam: true },
};
