import {
  apiAdministrators,
  anyoneInvalid,
  members,
  membersByListId,
  selfOrAdministrators,
  signedInUsersInvalid,
  signedInUsers,
  ownerOnly,
  type Access,
} from './access.ts';
import type { Kind, Params } from './resources.ts';

export interface ApiEntry {
  by: Access;
  on?: Kind;
  /** The body, or a function that creates it. */
  send?: unknown;
  query?: (params: Params) => Record<string, string>;
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
  'GET /me': { by: signedInUsers },
  'PATCH /me': { by: signedInUsers, send: { timeZone: 'Europe/Madrid' } },

  'POST /follows': { by: members, on: 'task', send: (params: Params) => ({ taskId: number(params) }) },
  'GET /follows/{id}': { by: ownerOnly, on: 'follow' },
  'PUT /follows/{id}': { by: ownerOnly, on: 'follow', send: { read: true } },
  'DELETE /follows/{id}': { by: ownerOnly, on: 'follow' },
  'GET /inbox': { by: signedInUsers },

  'GET /users': { by: apiAdministrators },
  'GET /users/{id}': { by: selfOrAdministrators, on: 'self' },
  'PUT /users/{id}': { by: apiAdministrators, on: 'user', send: { disabled: true } },

  'POST /import': { by: signedInUsersInvalid },
  'GET /export': { by: members, on: 'list', query: ({ id = '' }) => ({ listId: id }) },
};
