import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { List, Team } from '../../src/models/index.ts';
import { Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/process.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { createWorld, type Person, type World } from '../support/world.ts';
import { createToken, revokeToken } from '../../src/models/api-token/commands.ts';
import { addMember, createTeam, destroyTeam, removeMember, renameTeam } from '../../src/models/team/commands.ts';
import { findTeamList, listPositions } from '../../src/models/list/queries.ts';
let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

const openWithToken = (person: Person, token: string): Promise<Tab> =>
  openTab(person, { token, cookie: null, origin: null });
const write = (list: List, description: string, author = world.ana): Promise<Task> =>
  Task.create({ listId: list.id, userId: author.user.id, description });
const descriptionsIn = (tab: Tab, list: List): string[] =>
  tab.all('new_task').flatMap((task) => (task.list.id === list.id && 'description' in task ? [task.description] : []));

describe('an API client with a token', () => {
  it('receives what its user would, until the token is revoked', async () => {
    const { token, row } = await createToken(world.ana.user.id, { name: 'test', scopes: ['read'], expiresAt: null });
    const tab = await openWithToken(world.ana, token);
    await write(world.ana.list, 'For the program');
    await tab.waitFor('new_task', (task) => 'description' in task && task.description === 'For the program');
    await revokeToken(row);
    assert.deepEqual(await tab.waitFor('session_ended'), { reason: 'revoked' });
    await tab.ends.until((ends) => ends.length === 1);
    await assert.rejects(openWithToken(world.ana, token), /unauthorized/);
  });

  it('is disconnected within two seconds even if the expiry of its token is not announced', async () => {
    const { token, row } = await createToken(world.ana.user.id, { name: 'test', scopes: ['read'], expiresAt: null });
    const tab = await openWithToken(world.ana, token);
    await app.sequelize.query('UPDATE api_tokens SET expires_at = now() WHERE id = $1', { bind: [row.id] });
    await tab.ends.until((ends) => ends.length === 1);
  });

  it('is refused with a wrong token, one without read scope, and from a foreign page', async () => {
    const writing = await createToken(world.ana.user.id, { name: 'test', scopes: ['write'], expiresAt: null });
    for (const token of ['', 'taskwire_wrong', writing.token, 'taskwire_' + 'A'.repeat(43)])
      await assert.rejects(openWithToken(world.ana, token), /unauthorized/, token);
    const { token } = await createToken(world.ana.user.id, { name: 'test', scopes: ['read'], expiresAt: null });
    await assert.rejects(
      openTab(world.ana, { token, cookie: null, origin: 'https://evil.example' }),
      /websocket error/,
    );
    await assert.rejects(openTab(world.ana, { token, origin: null }), /websocket error/);
  });
});

describe('a team member', () => {
  let team: Team;
  let list: List;
  let round = 0;
  beforeEach(async () => {
    round += 1;
    team = await createTeam(world.ana.viewer, `House ${String(round)}`);
    list = await findTeamList(team.id);
  });

  it('receives its events after joining, in open tabs', async () => {
    const tab = await openTab(world.bob);
    await addMember(team, world.ana.user.id, world.bob.user.id);
    await tab.waitFor('access_changed');
    await write(list, 'After joining');
    await tab.waitFor('new_task', ({ list: { id } }) => id === list.id);
    tab.close();
  });

  it('A3: receives nothing after being removed, even during concurrent writes', async () => {
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const [bob, ana] = [await openTab(world.bob), await openTab(world.ana)];
    await write(list, 'Before');
    await bob.waitFor('new_task', ({ list: { id } }) => id === list.id);
    await Promise.all([
      removeMember(team, world.ana.viewer, world.bob.user.id),
      ...Array.from({ length: 20 }, (_, n) => write(list, `Meanwhile ${String(n)}`)),
    ]);
    await write(list, 'After');
    await ana.waitFor('new_task', (task) => 'description' in task && task.description === 'After');
    const left = ana.all('member_left').at(-1)!;
    assert.deepEqual(
      bob.all('new_task').filter((task) => task.list.id === list.id && task.list.version > left.list.version),
      [],
    );
    assert.ok(!descriptionsIn(bob, list).includes('After'));
    await bob.waitFor('access_changed');
    for (const tab of [ana, bob]) tab.close();
  });

  it('that is renamed is so for its members alone, in order, live and in a catch-up', async () => {
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const [bob, ana, eve] = [await openTab(world.bob), await openTab(world.ana), await openTab(world.eve)];
    const before = await listPositions([list.id]);
    await renameTeam(team, world.ana.viewer, 'First name');
    await renameTeam(team, world.ana.viewer, 'Second name');
    await renameTeam(team, world.ana.viewer, 'Second name');
    for (const tab of [ana, bob]) await tab.waitFor('list_renamed', ({ name }) => name === 'Second name');
    const shown = bob.all('list_renamed').map(({ id, name, actor, url }) => [id, name, actor?.id, url]);
    const url = `${app.url}/api/v1/lists/${String(list.id)}`;
    assert.deepEqual(shown, [
      [list.id, 'First name', world.ana.user.id, url],
      [list.id, 'Second name', world.ana.user.id, url],
    ]);
    const answer = (await bob.catchUp(before)) as Record<string, { events: { name: string }[] }>;
    assert.deepEqual(
      answer[list.id]?.events.map(({ name }) => name),
      ['list_renamed', 'list_renamed'],
    );
    assert.deepEqual(eve.all('list_renamed'), []);
    for (const tab of [ana, bob, eve]) tab.close();
  });

  it('A3: receives nothing after being removed by plain SQL among many changes, without a hint', async () => {
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const [bob, ana] = [await openTab(world.bob), await openTab(world.ana)];
    const rows = Array.from(
      { length: 60 },
      (_, n) => `(${String(list.id)}, ${String(world.ana.user.id)}, 'Many ${String(n)}')`,
    ).join();
    await app.sequelize.query(
      `DELETE FROM memberships WHERE user_id = ${String(world.bob.user.id)} AND team_id = ${String(team.id)}; INSERT INTO tasks (list_id, user_id, description) VALUES ${rows}`,
    );
    await ana.waitFor('list_versions', (positions) => list.id in positions);
    await write(list, 'After');
    await ana.waitFor('new_task', (task) => 'description' in task && task.description === 'After');
    assert.deepEqual(descriptionsIn(bob, list), []);
    for (const tab of [ana, bob]) tab.close();
  });

  it('A3: does not receive later content, not even in an event from before the removal', async () => {
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const [bob, ana] = [await openTab(world.bob), await openTab(world.ana)];
    const task = await write(list, 'As bob knew it');
    await bob.waitFor('new_task', ({ list: { id } }) => id === list.id);
    await app.sequelize.query(`
      UPDATE tasks SET priority = 1 WHERE id = ${String(task.id)};
      DELETE FROM memberships WHERE user_id = ${String(world.bob.user.id)} AND team_id = ${String(team.id)};
      UPDATE tasks SET description = 'As bob must not know it' WHERE id = ${String(task.id)}`);
    const left = await ana.waitFor('member_left', ({ list: { id } }) => id === list.id);
    await ana.waitFor('task_updated', ({ list: { version } }) => version === left.list.version + 1);
    await bob.waitFor('access_changed');
    assert.deepEqual(
      ana.all('task_updated').map((one) => ('description' in one ? one.description : null)),
      ['As bob must not know it', 'As bob must not know it'],
    );
    assert.deepEqual(bob.all('task_updated'), []);
    for (const tab of [ana, bob]) tab.close();
  });

  it('receives everything again after rejoining', async () => {
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const bob = await openTab(world.bob);
    await removeMember(team, world.ana.viewer, world.bob.user.id);
    await addMember(team, world.ana.user.id, world.bob.user.id);
    await eventually(
      async () => (await write(list, 'Are you there?')) && descriptionsIn(bob, list).length > 0,
      'a task of the team',
    );
    bob.close();
  });

  it('loses the list with the team', async () => {
    await addMember(team, world.ana.user.id, world.bob.user.id);
    const bob = await openTab(world.bob);
    await destroyTeam(team, world.ana.viewer);
    await bob.waitFor('access_changed');
    bob.close();
  });
});
