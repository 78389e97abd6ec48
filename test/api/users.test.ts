import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { ApiToken, Task, Team, User } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, Program } from '../support/program.ts';
import { createWorld, worldPassword, type World } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { disableUser, promoteUser } from '../../src/models/user/rights.ts';
interface Listed {
  id: number;
  name: string;
  email: string;
  taskCount: number;
  teams?: object[];
  tasks?: { description: string | null }[];
}

let app: TestApp;
let world: World;
let ana: Program;
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
  const team = await createTeam(world.ana.viewer, 'House');
  await addMember(team, world.ana.user.id, world.bob.user.id);
  for (const description of ['one', 'two', 'three'])
    await Task.create({ listId: world.bob.list.id, userId: world.bob.user.id, description });
  await Task.create({ listId: world.ana.list.id, userId: world.ana.user.id, description: 'hers' });
});
after(() => app.close());
beforeEach(async () => {
  await User.update({ admin: false, disabled: false, disabledReason: null }, { where: {} });
  await User.update({ admin: true }, { where: { id: world.ana.user.id } });
  ana = await programOf(app, world.ana);
});

const names = (users: Listed[]): string[] => users.map(({ name }) => name);
const list = async (query: Record<string, string> = {}): Promise<Listed[]> =>
  (await ana.get<Listed[]>('/users', query)).body;

describe('GET /users', () => {
  it('lists all users with their task counts, without optional parts', async () => {
    const users = await list();
    assert.deepEqual(
      users.map(({ name, taskCount }) => ({ name, taskCount })),
      [
        { name: 'Ana', taskCount: 1 },
        { name: 'Bob', taskCount: 3 },
        { name: 'Eve', taskCount: 0 },
      ],
    );
    const { id, email } = world.bob.user;
    const { createdAt: _, updatedAt: __, ...bob } = users[1] as unknown as Record<string, unknown>;
    assert.deepEqual(bob, {
      id,
      url: `${app.url}/api/v1/users/${String(world.bob.user.id)}`,
      name: 'Bob',
      email,
      emailConfirmed: true,
      admin: false,
      disabled: false,
      disabledReason: null,
      locale: 'en',
      timeZone: 'Europe/Madrid',
      taskCount: 3,
    });
  });

  it('returns teams and tasks on demand, without join rows', async () => {
    const [anaEntry, bobEntry] = await list({ teams: '1', tasks: '1' });
    const team = await Team.findOne({ rejectOnEmpty: true });
    assert.deepEqual(bobEntry?.teams, [{ id: team.id, name: 'House' }]);
    assert.deepEqual(
      bobEntry.tasks?.map((task) => [Object.keys(task).join(), task.description]),
      Array.from({ length: 3 }, () => ['id,listId,description,completed,createdAt', null]),
      'not the words of a list that she does not see',
    );
    assert.deepEqual(
      anaEntry?.tasks?.map(({ description }) => description),
      ['hers'],
    );
    assert.deepEqual(
      Object.keys((await list({ teams: '1' }))[0]!).filter((key) => key === 'teams' || key === 'tasks'),
      ['teams'],
    );
  });

  it('filters, counts and pages', async () => {
    await disableUser(world.eve.user, null, null);
    assert.deepEqual(names(await list({ tasksOver: '1' })), ['Bob']);
    assert.deepEqual(names(await list({ tasksOver: '0', 'filter[admin]': 'true' })), ['Ana']);
    assert.deepEqual(names(await list({ q: 'EVE' })), ['Eve']);
    assert.deepEqual(names(await list({ q: '%' })), []);
    assert.deepEqual(names(await list({ 'filter[disabled]': 'true' })), ['Eve']);
    assert.deepEqual(names(await list({ 'filter[disabled]': 'false', 'filter[admin]': '0' })), ['Bob']);
    assert.deepEqual(
      (await ana.pages<Listed>('/users', { limit: '1', teams: '1' })).map((page) => names(page).join()),
      ['Ana', 'Bob', 'Eve'],
    );
    assert.equal(
      (await ana.get('/users', { count: 'true', limit: '1', 'filter[disabled]': 'false' })).headers.get(
        'x-total-count',
      ),
      '2',
    );
  });

  it('A21, A22: rejects unknown parameters and values', async () => {
    for (const [name, value] of [
      ['tasksOver', '-1'],
      ['tasksOver', '1e9'],
      ['tasksOver', '1) or 1=1--'],
      ['q', 'x'.repeat(201)],
      ['filter[disabled]', 'maybe'],
      ['teams', 'all'],
      ['after', 'x'],
      ['limit', '0'],
      ['sort', 'name'],
      ['passwordDigest', 'x'],
    ] as const) {
      const answer = await ana.get('/users', { [name]: value });
      assertProblem(answer, { status: 400, code: 105 });
    }
    for (const q of ["' or 1=1--", '$team.name$', '\\', "a'b"]) assert.deepEqual(await list({ q }), []);
  });

  it('A20: exposes no digest, token or session', async () => {
    const text = JSON.stringify(await list({ teams: '1', tasks: '1' }));
    assert.doesNotMatch(text, /\$2b\$|digest|password|taskwire_|membership|role|"sid"/i);
    assert.doesNotMatch(text, /"(one|two|three)"/);
  });

  it('A16: is for administrators, and reveals nothing to others', async () => {
    for (const person of [world.bob, world.eve]) {
      const program = await programOf(app, person);
      for (const query of [{}, { q: 'ana' }, { tasksOver: '1' }] as Record<string, string>[]) {
        const answer = await program.get('/users', query);
        assertProblem(answer, { status: 403, code: 103 });
        assert.doesNotMatch(JSON.stringify(answer.body), /Ana|ana@/);
      }
    }
  });
});

describe('PATCH and PUT /users/{id}', () => {
  const patch = (email: string, body: unknown, program = ana) =>
    program.patch<{ admin: boolean; disabled: boolean; disabledReason: string | null; detail?: string }>(
      `/users/${encodeURIComponent(email)}`,
      body,
    );

  it('disables, enables, grants and removes admin rights, and keeps missing fields', async () => {
    const rights = async (body: unknown) => {
      const {
        status,
        body: { admin, disabled, disabledReason },
      } = await patch('BOB@example.com', body);
      return { status, admin, disabled, disabledReason };
    };
    assert.deepEqual(await rights({ disabled: true, disabledReason: 'left' }), {
      status: 200,
      admin: false,
      disabled: true,
      disabledReason: 'left',
    });
    assert.deepEqual(await rights({ admin: true }), {
      status: 200,
      admin: true,
      disabled: true,
      disabledReason: 'left',
    });
    assert.deepEqual(await rights({ disabled: false, admin: true }), {
      status: 200,
      admin: true,
      disabled: false,
      disabledReason: null,
    });
    assert.deepEqual(await rights({ disabled: false, admin: false }), {
      status: 200,
      admin: false,
      disabled: false,
      disabledReason: null,
    });
    assert.deepEqual(await rights({ disabledReason: 'ignored, because bob is not disabled' }), {
      status: 200,
      admin: false,
      disabled: false,
      disabledReason: null,
    });
    assert.equal((await ana.patch(`/users/${String(world.bob.user.id)}`, {})).status, 200);
  });

  it('accepts what GET returned', async () => {
    const [, bob] = await list({ teams: '1', tasks: '1' });
    for (const method of ['PATCH', 'PUT']) {
      const { status, body } = await ana.ask<Listed>(method, `/users/${String(world.bob.user.id)}`, {
        body: bob,
        query: { teams: '1', tasks: '1' },
      });
      assert.equal(status, 200);
      assert.deepEqual({ ...body, updatedAt: '' }, { ...bob, updatedAt: '' });
    }
  });

  it('replaces with every field, so that none is changed by leaving it out', async () => {
    const path = `/users/${String(world.bob.user.id)}`;
    assertProblem(await ana.put(path, { disabled: true }), { status: 422, code: 101, paths: ['admin'] });
    assertProblem(await ana.put(path, { admin: true }), { status: 422, code: 101, paths: ['disabled'] });
    const full = { disabled: true, disabledReason: 'left', admin: false };
    assert.equal((await ana.put(path, full)).body.disabledReason, 'left');
    assert.equal((await ana.put(path, { disabled: true, admin: false })).body.disabledReason, null);
    assert.equal((await ana.put(path, { disabled: false, admin: false })).status, 200);
  });

  it('is one account with its teams on demand', async () => {
    const { body } = await ana.get<Listed>(`/users/${String(world.bob.user.id)}`, { teams: '1' });
    assert.equal(body.teams?.length, 1);
  });

  it('locks out a disabled user from the next request on', async () => {
    const bob = await programOf(app, world.bob);
    assert.equal((await bob.get('/me')).status, 200);
    await patch('bob@example.com', { disabled: true });
    assertProblem(await bob.get('/me'), { status: 401, code: 102 });
    assert.match((await world.bob.client.get('/tasks')).location ?? '', /^\/login/);
    const right = await new Program(app.url).post<{ detail: string }>('/login', {
      email: 'bob@example.com',
      password: worldPassword,
    });
    assertProblem(right, { status: 401, code: 102 });
    assert.equal(right.body.detail, 'This account is disabled. Contact your administrator.');
    const wrong = await new Program(app.url).post<{ detail: string }>('/login', {
      email: 'bob@example.com',
      password: 'not this one',
    });
    assert.doesNotMatch(JSON.stringify(wrong.body), /disabled/);
    await patch('bob@example.com', { disabled: false });
    assertProblem(await bob.get('/me'), { status: 401, code: 102 });
    assert.equal(await ApiToken.count({ where: { userId: world.bob.user.id } }), 0);
    world.bob = await world.signIn(world.bob);
  });

  it('is rejected for one’s own account', async () => {
    for (const body of [{ disabled: true }, { admin: false }]) {
      const answer = await patch('ana@example.com', body);
      assertProblem(answer, { status: 422, code: 101, paths: [''] });
      assert.match(answer.body.detail ?? '', /You can’t remove your own rights/);
    }
    assert.equal((await patch('ana@example.com', { admin: true, disabled: false })).status, 200);
  });

  it('A19: ignores or rejects reserved attributes', async () => {
    const { updatedAt: _, ...before } = (await world.bob.user.reload()).toJSON() as Record<string, unknown>;
    for (const name of [
      ...Object.keys(User.getAttributes()).filter((one) => !['disabled', 'disabledReason', 'admin'].includes(one)),
      'role',
      'userId',
      'listId',
      'version',
    ]) {
      const { status } = await patch('bob@example.com', { [name]: name === 'id' ? 7 : 'x', disabled: false });
      assert.ok([200, 422].includes(status), name);
    }
    const { updatedAt: __, ...then } = (await world.bob.user.reload()).toJSON() as Record<string, unknown>;
    assert.deepEqual(then, before);
    for (const body of [
      { disabled: 'true' },
      { admin: 1 },
      { disabledReason: ['x'] },
      { disabledReason: 'r'.repeat(501) },
      { disabledReason: 'a\u0000b' },
    ])
      assertProblem(await patch('bob@example.com', body), { status: 422, code: 101, paths: [Object.keys(body)[0]!] });
  });

  it('A16, A17: responds to non-administrators alike for existing and unknown users', async () => {
    const bob = await programOf(app, world.bob);
    const answers = await Promise.all(
      ['ana@example.com', 'bob@example.com', 'nobody@example.com', String(world.ana.user.id), '2000000000'].map((who) =>
        patch(who, { admin: true }, bob),
      ),
    );
    for (const answer of answers) {
      assertProblem(answer, { status: 403, code: 103 });
      assert.deepEqual({ ...answer.body, requestId: '' }, { ...answers[0]!.body, requestId: '' });
    }
    assert.equal((await world.bob.user.reload()).admin, false);
    for (const who of ['nobody@example.com', '2000000000', 'x', '0'])
      assertProblem(await patch(who, { admin: true }), { status: 404, code: 104 });
  });

  it('A40: checks admin rights at the time of the request', async () => {
    await promoteUser(world.bob.user);
    const bob = await programOf(app, world.bob);
    assert.equal((await patch('eve@example.com', { admin: true }, bob)).status, 200);
    const both = await Promise.all([
      patch('ana@example.com', { admin: false }, bob),
      patch('bob@example.com', { admin: false }),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 403]);
    assert.equal(await User.count({ where: { admin: true, id: [world.ana.user.id, world.bob.user.id] } }), 1);
  });
});
