import { worldPassword } from '../support/world.ts';
import {
  administrators,
  anybodyRefused,
  everybody,
  leavesToSignIn,
  members,
  membersByName,
  owners,
  signedInRefused,
  whoHasTheAddress,
  whoHasTheAddressSignedIn,
  whoIsSignedIn,
  whoseItIs,
  type Access,
} from './access.ts';
import type { Kind, Made } from './resources.ts';

export interface Entry {
  by: Access;
  /** What the path, or what is sent, names. */
  on?: Kind;
  /** What is sent. */
  send?: Record<string, string> | ((made: Made) => Record<string, string>);
  query?: (made: Made) => Record<string, string>;
  /** It says the name of a team also to others: who are given its address for that, or keep the record. */
  tells?: true;
}

/** What the application answers itself, before anybody is asked who they are. */
export const outside: Record<string, Entry> = {
  'GET /healthz': { by: everybody },
  'GET /readyz': { by: everybody },
  'GET /api/docs': { by: everybody },
  'GET /api/v1/openapi.json': { by: everybody },
};

/** Who may do what with each route of the site. A route that is not here fails the build. */
export const pages: Record<string, Entry> = {
  'GET /register': { by: everybody },
  'POST /register': { by: anybodyRefused },
  'GET /login': { by: everybody },
  'POST /login': { by: anybodyRefused },
  'POST /logout': { by: leavesToSignIn },

  'GET /password-resets/new': { by: everybody },
  'POST /password-resets': { by: anybodyRefused },
  'GET /password-resets/:token': { by: whoHasTheAddress, on: 'passwordReset' },
  'PATCH /password-resets/:token': { by: whoHasTheAddress, on: 'passwordReset', send: { newPassword: worldPassword } },

  'GET /settings': { by: whoIsSignedIn },
  'GET /settings/profile': { by: whoIsSignedIn },
  'PATCH /settings/profile': { by: whoIsSignedIn, send: { name: 'Somebody', timeZone: 'Europe/Madrid', country: '' } },
  'POST /settings/email': {
    by: signedInRefused,
    send: { email: 'new@example.com', currentPassword: `not ${worldPassword}` },
  },
  'GET /settings/email/:token': { by: whoseItIs, on: 'emailChange' },
  'PATCH /settings/email/:token': { by: whoseItIs, on: 'emailChange' },
  'GET /settings/password': { by: whoIsSignedIn },
  'GET /settings/sessions': { by: whoIsSignedIn },
  'DELETE /settings/sessions': { by: whoIsSignedIn },
  'DELETE /settings/sessions/:id': { by: whoseItIs, on: 'session' },
  'GET /settings/account': { by: whoIsSignedIn },
  'DELETE /settings/account': { by: signedInRefused, send: { currentPassword: `not ${worldPassword}` } },
  'PATCH /settings/language': { by: whoIsSignedIn, send: { locale: 'en' } },
  'PATCH /settings/password': {
    by: signedInRefused,
    send: { currentPassword: `not ${worldPassword}`, newPassword: 'the ladder by the wall' },
  },
  'GET /settings/tokens': { by: whoIsSignedIn },
  'POST /settings/tokens': { by: whoIsSignedIn, send: { name: 'a program', scopes: 'read' } },
  'DELETE /settings/tokens/:id': { by: whoseItIs, on: 'token' },
  'GET /settings/export': { by: members, on: 'list', query: ({ id = '' }) => ({ listId: id }) },
  'GET /settings/import': { by: whoIsSignedIn },
  'POST /settings/import': { by: signedInRefused },

  'GET /': { by: whoIsSignedIn },
  'GET /tasks': { by: members, on: 'list', query: ({ id = '' }) => ({ list: id }) },
  'POST /tasks': { by: membersByName, on: 'list', send: ({ id = '' }) => ({ description: 'Something', listId: id }) },
  'GET /tasks/new': { by: whoIsSignedIn },
  'GET /tasks/mine': { by: whoIsSignedIn },
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

  'GET /inbox': { by: whoIsSignedIn },
  'POST /inbox/reading': { by: whoIsSignedIn, send: { shown: '1-1' } },

  'GET /activity': { by: whoIsSignedIn, on: 'list', query: ({ id = '' }) => ({ list: id }) },
  'GET /lists/:id/events': { by: members, on: 'list', query: () => ({ since: '0' }) },

  'GET /trash': { by: whoIsSignedIn },
  'POST /trash/:id/restore': { by: members, on: 'trashedTask' },
  'DELETE /trash/:id': { by: members, on: 'trashedTask' },

  'GET /categories': { by: whoIsSignedIn },
  'POST /categories': {
    by: membersByName,
    on: 'list',
    send: ({ id = '' }) => ({ name: crypto.randomUUID(), color: 'red', listId: id }),
  },
  'GET /categories/new': { by: whoIsSignedIn },
  'GET /categories/:id': { by: members, on: 'category' },
  'GET /categories/:id/edit': { by: members, on: 'category' },
  'PATCH /categories/:id': { by: members, on: 'category', send: () => ({ name: crypto.randomUUID(), color: 'red' }) },
  'DELETE /categories/:id': { by: members, on: 'category' },

  'GET /teams': { by: whoIsSignedIn },
  'POST /teams': { by: whoIsSignedIn, send: () => ({ name: crypto.randomUUID() }) },
  'GET /teams/new': { by: whoIsSignedIn },
  'GET /teams/:id': { by: members, on: 'team' },
  'PATCH /teams/:id': { by: owners, on: 'team', send: () => ({ name: crypto.randomUUID() }) },
  'DELETE /teams/:id': { by: owners, on: 'team', send: ({ name = '' }) => ({ name }) },
  'PATCH /teams/:id/members/:userId': { by: owners, on: 'member', send: { role: 'owner' } },
  'DELETE /teams/:id/members/:userId': { by: members, on: 'member' },
  'POST /teams/:id/invitations': { by: owners, on: 'team', send: {} },
  'DELETE /teams/:id/invitations/:invitationId': { by: owners, on: 'teamInvitation' },
  'GET /invitations/:token': { by: whoHasTheAddress, on: 'link', tells: true },
  'POST /invitations/:token': { by: whoHasTheAddressSignedIn, on: 'link', tells: true },

  'GET /admin/users': { by: administrators },
  'GET /admin/users/:id': { by: administrators, on: 'user' },
  'POST /admin/users/:id/disabled': { by: administrators, on: 'user' },
  'DELETE /admin/users/:id/disabled': { by: administrators, on: 'user' },
  'POST /admin/users/:id/administrator': { by: administrators, on: 'user' },
  'DELETE /admin/users/:id/administrator': { by: administrators, on: 'user' },
  'GET /admin/mails': { by: administrators },
  'GET /admin/audit': { by: administrators, tells: true },
};
