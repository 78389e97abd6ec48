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
const inFeed = ({ id = '' }: Made): Record<string, string> => ({ 'filter[feedId]': id });

/** Who may do what with each operation of the API. One that is not here fails the build. */
export const api: Record<string, ApiEntry> = {
  'POST /login': { by: anybodyRefused, send: {} },
  'DELETE /logout': { by: whoIsSignedIn },

  'GET /tasks': { by: whoIsSignedIn, on: 'feed', query: inFeed },
  'POST /tasks': {
    by: membersByName,
    on: 'feed',
    send: (made: Made) => ({ description: 'Something', feedId: number(made) }),
  },
  'GET /tasks/{id}': { by: members, on: 'task' },
  'PATCH /tasks/{id}': { by: members, on: 'task', send: { description: 'Something else' } },
  'PUT /tasks/{id}': { by: members, on: 'task', send: { description: 'Something else' } },
  'DELETE /tasks/{id}': { by: members, on: 'task' },
  'POST /tasks/{id}/restore': { by: members, on: 'trashedTask' },
  'POST /tasks/merge': {
    by: membersByName,
    on: 'feed',
    send: (made: Made) => ({
      feedId: number(made),
      provider: 'elsewhere',
      docs: [{ externalId: '1', description: 'Something' }],
      remove: false,
    }),
  },

  'GET /categories': { by: whoIsSignedIn, on: 'feed', query: inFeed },
  'POST /categories': {
    by: membersByName,
    on: 'feed',
    send: (made: Made) => ({ name: crypto.randomUUID(), color: 'red', feedId: number(made) }),
  },
  'GET /categories/{id}': { by: members, on: 'category' },
  'PATCH /categories/{id}': { by: members, on: 'category', send: { color: 'red' } },
  'PUT /categories/{id}': { by: members, on: 'category', send: () => ({ name: crypto.randomUUID(), color: 'red' }) },
  'DELETE /categories/{id}': { by: members, on: 'category' },

  'GET /feeds': { by: whoIsSignedIn },
  'GET /feeds/{id}': { by: members, on: 'feed' },
  'GET /feeds/{id}/events': { by: members, on: 'feed', query: () => ({ since: '0' }) },
  'GET /me': { by: whoIsSignedIn },
  'PATCH /me': { by: whoIsSignedIn, send: { timeZone: 'Europe/Madrid' } },

  'POST /marks': { by: members, on: 'task', send: (made: Made) => ({ taskId: number(made) }) },
  'GET /marks/{id}': { by: whoseItIs, on: 'mark' },
  'PUT /marks/{id}': { by: whoseItIs, on: 'mark', send: { read: true } },
  'DELETE /marks/{id}': { by: whoseItIs, on: 'mark' },
  'GET /inbox': { by: whoIsSignedIn },

  'GET /users': { by: administratorsOnly },
  'GET /users/{id}': { by: oneselfOrAdministrators, on: 'oneself' },
  'PUT /users/{id}': { by: administratorsOnly, on: 'user', send: { disabled: true } },

  'POST /import': { by: signedInRefused },
  'GET /export': { by: members, on: 'feed', query: ({ id = '' }) => ({ feedId: id }) },
};
