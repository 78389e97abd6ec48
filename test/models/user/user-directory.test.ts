import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cursor } from '../../../src/database/cursor.ts';
import { Task, User } from '../../../src/models/index.ts';
import {
  type UserFilters,
  type UserParts,
  countUsers,
  findUserDetails,
  usersPage,
} from '../../../src/models/user/user-directory.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { statementsOf } from '../../support/statements.ts';
import { addMember, createTeam } from '../../../src/models/team/commands.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let ana: Viewer;
let bob: Viewer;
let eve: Viewer;
let shared: number;
before(async () => {
  database = await openTestDatabase();
  [ana, bob, eve] = [await person('ana'), await person('bob'), await person('eve')];
  await User.update({ admin: true }, { where: { id: ana.id } });
  await User.update({ disabled: true }, { where: { id: eve.id } });
  const team = await createTeam(ana, 'House');
  await addMember(team, ana.id, bob.id);
  await createTeam(bob, 'Garden');
  shared = (
    await Task.create({
      listId: (await team.reload({ include: 'list' })).list!.id,
      userId: bob.id,
      description: 'for the house',
    })
  ).id;
  await Task.create({ listId: bob.listId, userId: bob.id, description: 'his alone' });
  await (await Task.create({ listId: bob.listId, userId: bob.id, description: 'thrown away' })).destroy();
  await Task.create({ listId: ana.listId, userId: ana.id, description: 'hers', completedAt: new Date() });
});
after(() => database.close());

const names = (users: { name: string }[]): string[] => users.map(({ name }) => name);
const find = async (filters: UserFilters, parts: UserParts = {}) =>
  (await usersPage(ana, filters, null, 50, parts)).users;

describe('the scopes of users', () => {
  it('select users, alone and combined', async () => {
    const found = async (...scopes: Parameters<typeof User.scope>): Promise<string[]> =>
      (await User.scope(...scopes).findAll({ order: ['name'] })).map((user) => String(user.get('name')));
    assert.deepEqual(await found('admin'), ['ana']);
    assert.deepEqual(await found('active'), ['ana', 'bob']);
    assert.deepEqual(await found('disabled'), ['eve']);
    assert.deepEqual(await found(['active', { method: ['named', 'AN'] }]), ['ana']);
    assert.deepEqual(await found(['active', 'disabled']), []);
    assert.deepEqual(await found(['active', 'admin', { method: ['named', 'bob'] }]), []);
  });

  it('take wildcards literally', async () => {
    const odd = await User.create({ name: '100%_sure\\', email: 'odd@example.com', passwordDigest: '-' });
    const named = async (text: string): Promise<string[]> =>
      names(await User.scope({ method: ['named', text] }).findAll());
    for (const text of ['%', '_', '\\', '0%_s', 'E\\']) assert.deepEqual(await named(text), ['100%_sure\\'], text);
    for (const text of ['a%a', 'b_b', "' OR true --", '%%%%%%%%']) assert.deepEqual(await named(text), [], text);
    assert.equal((await named('')).length, 4);
    await odd.destroy();
  });
});

describe('the list of users', () => {
  it('counts the tasks each user has created, without the trash', async () => {
    assert.deepEqual(
      (await find({})).map(({ name, taskCount }) => ({ name, taskCount })),
      [
        { name: 'ana', taskCount: 1 },
        { name: 'bob', taskCount: 2 },
        { name: 'eve', taskCount: 0 },
      ],
    );
    assert.equal((await findUserDetails(ana, bob.id))?.taskCount, 2);
    assert.equal(await findUserDetails(ana, 2_000_000_000), null);
  });

  it('is filtered by name, state and number of tasks, also combined', async () => {
    const cases: [UserFilters, string[]][] = [
      [{ q: 'EXAMPLE.com' }, ['ana', 'bob', 'eve']],
      [{ q: 'b' }, ['bob']],
      [{ disabled: true }, ['eve']],
      [{ disabled: false }, ['ana', 'bob']],
      [{ admin: true }, ['ana']],
      [{ admin: false }, ['bob', 'eve']],
      [{ tasksOver: 0 }, ['ana', 'bob']],
      [{ tasksOver: 1 }, ['bob']],
      [{ tasksOver: 2 }, []],
      [{ tasksOver: 0, admin: false, disabled: false, q: 'o' }, ['bob']],
    ];
    for (const [filters, expected] of cases) {
      assert.deepEqual(names(await find(filters)), expected, JSON.stringify(filters));
      assert.equal(await countUsers(filters), expected.length);
    }
  });

  it('is paged by name, with each user once, even if names are equal', async () => {
    const twins = await Promise.all(
      ['Bob', 'bob', "O'Neil"].map((name, n) =>
        User.create({ name, email: `twin${String(n)}@example.com`, passwordDigest: '-' }),
      ),
    );
    const seen: number[] = [];
    for (let after: Cursor | null = null; ;) {
      const { users, next } = await usersPage(ana, {}, after, 1);
      seen.push(...users.map(({ id }) => id));
      if (!next) break;
      after = next;
    }
    assert.deepEqual(
      seen,
      (await find({})).map(({ id }) => id),
    );
    assert.equal(new Set(seen).size, 6);
    await User.destroy({ where: { id: twins.map(({ id }) => id) } });
  });

  it('loads teams and tasks only on request, each with one statement per page', async () => {
    assert.equal((await statementsOf(database.sequelize, () => find({}))).length, 1);
    assert.equal((await statementsOf(database.sequelize, () => find({}, { teams: true }))).length, 2);
    const statements = await statementsOf(database.sequelize, () => find({}, { teams: true, tasks: true }));
    assert.equal(statements.length, 3, statements.join('\n'));
    assert.ok(
      !(await statementsOf(database.sequelize, () => find({}))).some((sql) => /memberships|password/.test(sql)),
    );
    const [plain] = await find({});
    assert.ok(plain && !('teams' in plain) && !('tasks' in plain));
  });

  it('returns teams without join rows, and descriptions only of tasks the viewer can see', async () => {
    const [, bobEntry, eveEntry] = await find({}, { teams: true, tasks: true });
    assert.deepEqual(
      bobEntry?.teams?.map((team) => Object.keys(team).join()),
      ['id,name', 'id,name'],
    );
    assert.deepEqual(names(bobEntry.teams), ['Garden', 'House']);
    assert.deepEqual(
      bobEntry.tasks?.map(({ id, description }) => ({ shared: id === shared, description })),
      [
        { shared: false, description: null },
        { shared: true, description: 'for the house' },
      ],
    );
    assert.deepEqual({ teams: eveEntry?.teams, tasks: eveEntry?.tasks }, { teams: [], tasks: [] });
  });
});
