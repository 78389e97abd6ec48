import { worldPassword } from '../support/world.ts';
import {
  apiAdministrators,
  anyoneInvalid,
  members,
  membersByListId,
  selfOrAdministrators,
  signedInUsersInvalid,
  signedInUsers,
  ownerOnly,
  owners,
  signedInLinkHolders,
  type Access,
} from './access.ts';
import type { Kind, Params } from './resources.ts';

export interface ApiEntry {
  by: Access;
  on?: Kind;
  /** The body, or a function that creates it. */
  send?: unknown;
  query?: (params: Params) => Record<string, string>;
  /** Also shows a team's name to administrators. */
  revealsTeam?: true;
}

const number = ({ id = '' }: Params): number => Number(id);
const inList = ({ id = '' }: Params): Record<string, string> => ({ 'filter[listId]': id });

/** Who may use each API operation. A missing operation fails the test. */
export const api: Record<string, ApiEntry> = {
  'POST /login': { by: anyoneInvalid, send: {} },
  'DELETE /logout': { by: signedInUsers },

  'GET /tasks': { by: signedInUsers, on: 'list', query: inList },
  'POST /tasks': {
    by: membersByListId,
    on: 'list',
    send: (params: Params) => ({ description: 'Something', listId: number(params) }),
  },
  'GET /tasks/{id}': { by: members, on: 'task' },
  'PATCH /tasks/{id}': { by: members, on: 'task', send: { description: 'Something else' } },
  'PUT /tasks/{id}': { by: members, on: 'task', send: { description: 'Something else' } },
  'DELETE /tasks/{id}': { by: members, on: 'task' },
  'POST /tasks/{id}/restore': { by: members, on: 'trashedTask' },
  'POST /tasks/merge': {
    by: membersByListId,
    on: 'list',
    send: (params: Params) => ({
      listId: number(params),
      provider: 'elsewhere',
      docs: [{ externalId: '1', description: 'Something' }],
      remove: false,
    }),
  },

  'GET /categories': { by: signedInUsers, on: 'list', query: inList },
  'POST /categories': {
    by: membersByListId,
    on: 'list',
    send: (params: Params) => ({ name: crypto.randomUUID(), color: 'red', listId: number(params) }),
  },
  'GET /categories/{id}': { by: members, on: 'category' },
  'PATCH /categories/{id}': { by: members, on: 'category', send: { color: 'red' } },
  'PUT /categories/{id}': { by: members, on: 'category', send: () => ({ name: crypto.randomUUID(), color: 'red' }) },
  'DELETE /categories/{id}': { by: members, on: 'category' },

  'GET /lists': { by: signedInUsers },
  'GET /lists/{id}': { by: members, on: 'list' },
  'GET /lists/{id}/events': { by: members, on: 'list', query: () => ({ since: '0' }) },
  'GET /lists/{id}/members': { by: members, on: 'list' },

  'GET /teams': { by: signedInUsers },
  'POST /teams': { by: signedInUsers, send: () => ({ name: crypto.randomUUID() }) },
  'GET /teams/{id}': { by: members, on: 'team' },
  'PATCH /teams/{id}': { by: owners, on: 'team', send: () => ({ name: crypto.randomUUID() }) },
  'DELETE /teams/{id}': { by: owners, on: 'team', send: ({ name = '' }: Params) => ({ name }) },
  'GET /teams/{id}/members': { by: members, on: 'team' },
  'GET /teams/{id}/members/{userId}': { by: members, on: 'member' },
  'PATCH /teams/{id}/members/{userId}': { by: owners, on: 'member', send: { role: 'owner' } },
  'DELETE /teams/{id}/members/{userId}': { by: members, on: 'member' },
  'GET /teams/{id}/invitations': { by: owners, on: 'team' },
  'POST /teams/{id}/invitations': { by: owners, on: 'team', send: {} },
  'DELETE /teams/{id}/invitations/{invitationId}': { by: owners, on: 'teamInvitation' },
  'POST /invitations/accept': {
    by: signedInLinkHolders,
    on: 'link',
    send: ({ token = '' }: Params) => ({ token }),
  },

  'GET /activity': { by: signedInUsers, on: 'list', query: inList },

  'GET /me': { by: signedInUsers },
  'DELETE /me': { by: signedInUsersInvalid, send: { currentPassword: `not ${worldPassword}` } },
  'PUT /me/password': {
    by: signedInUsersInvalid,
    send: { currentPassword: `not ${worldPassword}`, newPassword: 'the ladder by the wall' },
  },
  'POST /me/email': {
    by: signedInUsersInvalid,
    send: { email: 'new@example.com', currentPassword: `not ${worldPassword}` },
  },
  'POST /me/email/confirm': { by: ownerOnly, on: 'emailChange', send: ({ token = '' }: Params) => ({ token }) },
  'GET /me/sessions': { by: signedInUsers },
  'DELETE /me/sessions': { by: signedInUsers },
  'DELETE /me/sessions/{id}': { by: ownerOnly, on: 'session' },
  'GET /me/tokens': { by: signedInUsers },
  'DELETE /me/tokens/{id}': { by: ownerOnly, on: 'token' },
  'PATCH /me': { by: signedInUsers, send: { timeZone: 'Europe/Madrid' } },
  'PUT /me': { by: signedInUsers, send: { name: 'Ana', locale: 'en', timeZone: 'Europe/Madrid' } },

  'POST /follows': { by: members, on: 'task', send: (params: Params) => ({ taskId: number(params) }) },
  'GET /follows/{id}': { by: ownerOnly, on: 'follow' },
  'PUT /follows/{id}': { by: ownerOnly, on: 'follow', send: { read: true } },
  'DELETE /follows/{id}': { by: ownerOnly, on: 'follow' },
  'GET /inbox': { by: signedInUsers },
  'POST /inbox/read': { by: signedInUsers, send: {} },

  'GET /users': { by: apiAdministrators },
  'GET /users/{id}': { by: selfOrAdministrators, on: 'self' },
  'PATCH /users/{id}': { by: apiAdministrators, on: 'user', send: { disabled: true } },
  'PUT /users/{id}': { by: apiAdministrators, on: 'user', send: { disabled: true, admin: false } },

  'GET /audit': { by: apiAdministrators, revealsTeam: true },
  'GET /mails': { by: apiAdministrators },
  'POST /mails/{id}/link': { by: apiAdministrators, on: 'mail' },

  'POST /import': { by: signedInUsersInvalid },
  'GET /export': { by: members, on: 'list', query: ({ id = '' }) => ({ listId: id }) },
};
