import {
  administratorsOnly,
  anybodyRefused,
  members,
  membersByName,
  oneselfOrAdministrators,
  signedInRefused,
  whoIsSignedIn,
  whoseItIs,
  type Access,
} from './access.ts';
import type { Kind, Made } from './resources.ts';

export interface ApiEntry {
  by: Access;
  on?: Kind;
  /** A value, or what makes one of what was made. */
  send?: unknown;
  query?: (made: Made) => Record<string, string>;
}

const number = ({ id = '' }: Made): number => Number(id);
const inList = ({ id = '' }: Made): Record<string, string> => ({ 'filter[listId]': id });

/** Who may do what with each operation of the API. One that is not here fails the build. */
export const api: Record<string, ApiEntry> = {
  'POST /login': { by: anybodyRefused, send: {} },
  'DELETE /logout': { by: whoIsSignedIn },

  'GET /tasks': { by: whoIsSignedIn, on: 'list', query: inList },
  'POST /tasks': {
    by: membersByName,
    on: 'list',
    send: (made: Made) => ({ description: 'Something', listId: number(made) }),
  },
  'GET /tasks/{id}': { by: members, on: 'task' },
  'PATCH /tasks/{id}': { by: members, on: 'task', send: { description: 'Something else' } },
  'PUT /tasks/{id}': { by: members, on: 'task', send: { description: 'Something else' } },
  'DELETE /tasks/{id}': { by: members, on: 'task' },
  'POST /tasks/{id}/restore': { by: members, on: 'trashedTask' },
  'POST /tasks/merge': {
    by: membersByName,
    on: 'list',
    send: (made: Made) => ({
      listId: number(made),
      provider: 'elsewhere',
      docs: [{ externalId: '1', description: 'Something' }],
      remove: false,
    }),
  },

  'GET /categories': { by: whoIsSignedIn, on: 'list', query: inList },
  'POST /categories': {
    by: membersByName,
    on: 'list',
    send: (made: Made) => ({ name: crypto.randomUUID(), color: 'red', listId: number(made) }),
  },
  'GET /categories/{id}': { by: members, on: 'category' },
  'PATCH /categories/{id}': { by: members, on: 'category', send: { color: 'red' } },
  'PUT /categories/{id}': { by: members, on: 'category', send: () => ({ name: crypto.randomUUID(), color: 'red' }) },
  'DELETE /categories/{id}': { by: members, on: 'category' },

  'GET /lists': { by: whoIsSignedIn },
  'GET /lists/{id}': { by: members, on: 'list' },
  'GET /lists/{id}/events': { by: members, on: 'list', query: () => ({ since: '0' }) },
  'GET /me': { by: whoIsSignedIn },
  'PATCH /me': { by: whoIsSignedIn, send: { timeZone: 'Europe/Madrid' } },

  'POST /follows': { by: members, on: 'task', send: (made: Made) => ({ taskId: number(made) }) },
  'GET /follows/{id}': { by: whoseItIs, on: 'follow' },
  'PUT /follows/{id}': { by: whoseItIs, on: 'follow', send: { read: true } },
  'DELETE /follows/{id}': { by: whoseItIs, on: 'follow' },
  'GET /inbox': { by: whoIsSignedIn },

  'GET /users': { by: administratorsOnly },
  'GET /users/{id}': { by: oneselfOrAdministrators, on: 'oneself' },
  'PUT /users/{id}': { by: administratorsOnly, on: 'user', send: { disabled: true } },

  'POST /import': { by: signedInRefused },
  'GET /export': { by: members, on: 'list', query: ({ id = '' }) => ({ listId: id }) },
};
