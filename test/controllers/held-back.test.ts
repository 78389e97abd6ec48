import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { ApiToken, Category, Task, User, type List, type Team } from '../../src/models/index.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { createToken, revokeToken } from '../../src/models/api-token/commands.ts';
import { destroySession } from '../../src/models/session/commands.ts';
import { createTask } from '../../src/models/task/commands.ts';
import { addMember, createTeam, destroyTeam, removeMember } from '../../src/models/team/commands.ts';
import { disableUser } from '../../src/models/user/rights.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { eventually } from '../support/process.ts';
import { Program } from '../support/program.ts';
import { createPerson, createWorld, type Person, type World } from '../support/world.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

/** A member of a team of Ana's, with a session and a token. */
interface Member {
  person: Person;
  team: Team;
  list: List;
  token: string;
}

let made = 0;
async function createMember(): Promise<Member> {
  const person = await createPerson(app, `Member${String((made += 1))}`);
  const team = await createTeam(world.ana.viewer, `Team ${String(made)}`);
  await addMember(team, world.ana.user.id, person.user.id);
  const { token } = await createToken(person.user.id, { name: 'x', scopes: ['read', 'write'], expiresAt: null });
  return { person, team, list: await findTeamList(team.id), token };
}

interface Sent {
  path: string;
  headers: Record<string, string>;
  body: string;
}

const bearer = (token: string, type = 'application/json'): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'content-type': type,
});
const cookie = ({ client }: Person, type: string): Record<string, string> => ({
  cookie: client.cookieHeader,
  'content-type': type,
  'sec-fetch-site': 'same-origin',
});

const task = { description: 'Too late' };
const csv = 'Title\nToo late\n';
const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
/** Whatever arrives slowly and writes. */
const requests: Record<string, (member: Member) => Sent> = {
  'a form': ({ person, list }) => ({
    path: '/tasks',
    headers: cookie(person, 'application/x-www-form-urlencoded'),
    body: new URLSearchParams({ ...task, listId: String(list.id) }).toString(),
  }),
  'the form of a category': ({ person, list }) => ({
    path: '/categories',
    headers: cookie(person, 'application/x-www-form-urlencoded'),
    body: new URLSearchParams({ name: 'Too late', color: 'red', listId: String(list.id) }).toString(),
  }),
  'an uploaded file': ({ person, list }) => ({
    path: '/settings/import',
    headers: cookie(person, 'multipart/form-data; boundary=cut'),
    body:
      Object.entries({ listId: list.id, name: 'file', step: 'import', 'column-description': 0, digest: digestOf(csv) })
        .map(([name, value]) => `--cut\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${String(value)}\r\n`)
        .join('') +
      `--cut\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${csv}\r\n--cut--\r\n`,
  }),
  'a call of the API': ({ list, token }) => ({
    path: '/api/v1/tasks',
    headers: bearer(token),
    body: JSON.stringify({ ...task, listId: list.id }),
  }),
  'a repeatable call of the API': ({ list, token }) => ({
    path: '/api/v1/tasks',
    headers: { ...bearer(token), 'idempotency-key': randomUUID() },
    body: JSON.stringify({ ...task, listId: list.id }),
  }),
  'a merge': ({ list, token }) => ({
    path: '/api/v1/tasks/merge',
    headers: bearer(token),
    body: JSON.stringify({ listId: list.id, provider: 'file', docs: [{ ...task, externalId: '1' }] }),
  }),
  'an import by the API': ({ list, token }) => ({
    path: `/api/v1/import?listId=${String(list.id)}`,
    headers: bearer(token, 'text/csv'),
    body: csv,
  }),
};

/** How access ends, by session and by token. */
const ends: Record<string, (member: Member) => Promise<unknown>> = {
  'the account is disabled': ({ person }) => disableUser(person.user, null, null),
  'the person is removed from the team': ({ person, team }) => removeMember(team, world.ana.viewer, person.user.id),
  'the team is deleted': ({ team }) => destroyTeam(team, world.ana.viewer),
  'session and token end': async ({ person }) => {
    await destroySession(person.sid, 'signed_out');
    for (const token of await ApiToken.findAll({ where: { userId: person.user.id } })) await revokeToken(token);
  },
};

/** Sends a request but for its last bytes, runs `meanwhile`, and sends them. @returns the status of the answer */
async function sendSlowly({ path, headers, body }: Sent, meanwhile: () => Promise<unknown>): Promise<number> {
  const bytes = Buffer.from(body);
  const request = http.request(app.url + path, {
    method: 'POST',
    headers: { accept: 'text/html, application/json', ...headers, 'content-length': String(bytes.length) },
  });
  const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
  request.write(bytes.subarray(0, -3));
  await new Promise((resolve) =>
    request.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', resolve);
      else resolve(null);
    }),
  );
  // Another request has gone all the way meanwhile.
  await new Client(app.url).get('/login');
  await meanwhile();
  request.end(bytes.subarray(-3));
  const [response] = await answered;
  response.resume();
  return response.statusCode ?? 0;
}

describe('A48: a request whose body is held back', () => {
  for (const [request, sent] of Object.entries(requests)) {
    it(`stores what ${request} brings, if nothing happens meanwhile`, async () => {
      const member = await createMember();
      const status = await sendSlowly(sent(member), () => Promise.resolve());
      assert.ok(status < 400, String(status));
      const stored =
        (await Task.count({ where: { listId: member.list.id } })) +
        (await Category.count({ where: { listId: member.list.id } }));
      assert.equal(stored, 1);
    });

    for (const [end, endAccess] of Object.entries(ends)) {
      it(`stores nothing of ${request} if ${end} meanwhile`, async () => {
        const member = await createMember();
        const status = await sendSlowly(sent(member), () => endAccess(member));
        assert.ok([401, 404, 422, 303].includes(status), String(status));
        assert.equal(await Task.count({ where: { listId: member.list.id } }), 0);
        assert.equal(await Category.count({ where: { listId: member.list.id } }), 0);
      });
    }
  }
});

describe('A48: an export that is read slowly', () => {
  for (const [end, endAccess] of Object.entries(ends)) {
    it(`is cut off if ${end} meanwhile`, async () => {
      const member = await createMember();
      const { person, list } = member;
      // More in its first batch than the system takes in advance.
      await app.sequelize.query(
        `INSERT INTO tasks (list_id, user_id, description, notes, created_at, updated_at)
        SELECT $1, $2, n, repeat('😀', 19000), now(), now() FROM generate_series(1, 250) AS n`,
        { bind: [list.id, person.user.id] },
      );
      const { path, headers } = { path: `/settings/export?listId=${String(list.id)}`, headers: cookie(person, '') };
      const request = http.get(app.url + path, { headers });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      await once(response, 'readable');
      await endAccess(member);
      response.resume();
      await new Promise((resolve) => response.once('close', resolve).once('error', () => undefined));
      assert.equal(response.complete, false);
    });
  }
});

describe('A48: a task of a team', () => {
  it('is written before somebody is removed or not at all, where both wait for the list', async () => {
    const member = await createMember();
    const { person, team, list } = member;
    const held = await createTask(world.ana.viewer, { listId: list.id, description: 'Held' });
    for (const [table, write] of [
      ['tasks', () => person.client.post(`/tasks/${String(held.id)}/completion`)],
      ['tasks', () => person.client.post('/tasks', { description: 'New', listId: String(list.id) })],
      ['categories', () => person.client.post('/categories', { name: 'New', color: 'red', listId: String(list.id) })],
    ] as const) {
      await addMember(team, world.ana.user.id, person.user.id);
      // As every change holds the list, until its commit.
      const transaction = await app.sequelize.transaction();
      await app.sequelize.query('SELECT FROM lists WHERE id = $1 FOR NO KEY UPDATE', { bind: [list.id], transaction });
      const removing = removeMember(team, world.ana.viewer, person.user.id);
      await eventually(() => waits('memberships'), 'the removal waits');
      const writing = write();
      await eventually(() => waits(table), 'the change waits behind it');
      await transaction.commit();
      await removing;
      const { status } = await writing;
      // PostgreSQL wakes either of the two first.
      const [[last]] = (await app.sequelize.query(
        "SELECT name, version FROM events WHERE list_id = $1 AND name <> 'member_joined' ORDER BY version DESC LIMIT 1",
        { bind: [list.id] },
      )) as [[{ name: string }], unknown];
      assert.equal(last.name, 'member_left', 'nothing is written after the removal');
      assert.ok([303, 404, 422].includes(status), String(status));
    }
  });

  it('whose author is disabled while it waits for the list is answered as to somebody signed out', async () => {
    const ways: [string, (member: Member) => Promise<{ status: number }>][] = [
      ['form', ({ person, list }) => person.client.post('/tasks', { description: 'Waits', listId: String(list.id) })],
      [
        'API',
        ({ list, token }) => new Program(app.url, token).post('/tasks', { description: 'Waits', listId: list.id }),
      ],
    ];
    for (const [name, write] of ways) {
      const member = await createMember();
      const transaction = await app.sequelize.transaction();
      await app.sequelize.query('SELECT FROM lists WHERE id = $1 FOR NO KEY UPDATE', {
        bind: [member.list.id],
        transaction,
      });
      const writing = write(member);
      await eventually(() => waits('tasks'), 'the change waits');
      await User.update({ disabled: true }, { where: { id: member.person.user.id } });
      await transaction.commit();
      assert.equal((await writing).status, 401, name);
    }
    assert.equal(await Task.count({ where: { description: 'Waits' }, paranoid: false }), 0);
  });

  /** Whether a change of this table waits for a lock. */
  const waits = async (table: string): Promise<boolean> => {
    const [rows] = await app.sequelize.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
        AND query ~ '^\\s*(INSERT INTO|UPDATE|DELETE FROM) "?${table}'`,
    );
    return rows.length > 0;
  };
});
