import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { operations } from '../../src/api/operations/index.ts';
import { routes } from '../../src/routes/index.ts';
import { routesOf } from '../support/routes.ts';

/** Each route by which a page changes something, and the operation that does the same; or why there is none. */
const counterparts: Record<string, string | { none: string }> = {
  'POST /register': { none: 'an account is made in a browser, by whoever reads the mail of its address' },
  'POST /registrations/:token': { none: 'the page of the link in that mail' },
  'POST /login': 'login',
  'POST /logout': 'logout',
  'POST /password-resets': { none: 'whoever has no password has no token; the link leads to a page' },
  'PATCH /password-resets/:token': { none: 'the page of that link' },

  'POST /tasks': 'createTask',
  'PATCH /tasks/:id': 'updateTask',
  'DELETE /tasks/:id': 'deleteTask',
  'PUT /tasks/:id/list': 'updateTask',
  'POST /tasks/:id/completion': 'updateTask',
  'DELETE /tasks/:id/completion': 'updateTask',
  'POST /tasks/:id/follow': 'createFollow',
  'DELETE /tasks/:id/follow': 'deleteFollow',
  'POST /tasks/:id/reading': 'updateFollow',
  'POST /inbox/reading': 'readInbox',
  'POST /trash/:id/restore': 'restoreTask',
  'DELETE /trash/:id': 'deleteTask',

  'POST /categories': 'createCategory',
  'PATCH /categories/:id': 'updateCategory',
  'DELETE /categories/:id': 'deleteCategory',

  'POST /teams': 'createTeam',
  'PATCH /teams/:id': 'updateTeam',
  'DELETE /teams/:id': 'deleteTeam',
  'PATCH /teams/:id/members/:userId': 'updateMember',
  'DELETE /teams/:id/members/:userId': 'removeMember',
  'POST /teams/:id/invitations': 'createInvitation',
  'DELETE /teams/:id/invitations/:invitationId': 'deleteInvitation',
  'POST /invitations/:token': 'acceptInvitation',

  'PATCH /settings/language': 'updateMe',
  'PATCH /settings/profile': 'updateMe',
  'POST /settings/email': 'requestEmailChange',
  'PATCH /settings/email/:token': 'confirmEmailChange',
  'PATCH /settings/password': 'changePassword',
  'DELETE /settings/sessions': 'deleteSessions',
  'DELETE /settings/sessions/:id': 'deleteSession',
  'DELETE /settings/account': 'deleteMe',
  'POST /settings/tokens': 'login',
  'DELETE /settings/tokens/:id': 'deleteToken',
  'POST /settings/import': 'importTasks',

  'POST /admin/users/:id/disabled': 'updateUser',
  'DELETE /admin/users/:id/disabled': 'updateUser',
  'POST /admin/users/:id/administrator': 'updateUser',
  'DELETE /admin/users/:id/administrator': 'updateUser',
  'POST /admin/mails/:id/link': 'revealMailLink',
};

suite('What a page can change', () => {
  test('has an operation, or a reason why not', () => {
    const changing = routesOf(routes())
      .filter(([method]) => method !== 'GET')
      .map((route) => route.join(' '));
    assert.deepEqual([...new Set(changing)].sort(), Object.keys(counterparts).sort());
  });

  test('has an operation that exists', () => {
    const ids = new Set(operations.map(({ id }) => id));
    const missing = Object.values(counterparts).filter((one) => typeof one === 'string' && !ids.has(one));
    assert.deepEqual(missing, []);
  });
});
