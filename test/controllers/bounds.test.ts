/** What one person may own and use, so that the others notice nothing of it (A46, A47, A52). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ApiToken, Category, Invitation, Membership, Session, Task, Team, User } from '../../src/models/index.ts';
import { createToken } from '../../src/models/api-token/commands.ts';
import { createSession } from '../../src/models/session/commands.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { createInvitation } from '../../src/models/team/invitations.ts';
import { updateProfile } from '../../src/models/user/commands.ts';
import { limits } from '../../src/shared/limits.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/process.ts';
import { programOf } from '../support/program.ts';
import { createPerson, createWorld, type Person, type World } from '../support/world.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

const fill = (text: string, bind: unknown[]): Promise<unknown> => app.sequelize.query(text, { bind });
const fulfilled = (results: PromiseSettledResult<unknown>[]): number =>
  results.filter(({ status }) => status === 'fulfilled').length;

describe('Owning (A46)', () => {
  const fillCategories = (listId: number, count: number): Promise<unknown> =>
    fill(
      `INSERT INTO categories (list_id, name) SELECT $1, jsonb_build_object('original', gen_random_uuid())
      FROM generate_series(1, $2::integer)`,
      [listId, count],
    );

  it('ends at 500 categories in a list, by form, API, merge, import and SQL, and says what to do', async () => {
    const { client, list, ...person } = await createPerson(app, 'Sorter');
    const program = await programOf(app, { ...person, client, list });
    await fillCategories(list.id, limits.categories - 1);
    assert.equal((await client.post('/categories', { name: 'The last', color: 'red' })).status, 303);
    const form = await client.post('/categories', { name: 'One more', color: 'red' });
    assert.equal(form.status, 422);
    assert.match(form.text, /at most 500 categories. Delete some first/);
    assert.match(form.text, /value="One more"/);
    assert.equal((await program.post('/categories', { name: 'One more' })).status, 422);
    const docs = [{ externalId: 'a', description: 'x', categories: ['One more'] }];
    assert.equal((await program.post('/tasks/merge', { provider: 'x', docs })).status, 422);
    const imported = await program.ask('POST', '/import', {
      body: 'description,categories\nx,One more\n',
      headers: { 'content-type': 'text/csv' },
    });
    assert.equal(imported.status, 422);
    await assert.rejects(fillCategories(list.id, 600), /more than 500 rows in categories/);
    assert.deepEqual(
      [await Category.count({ where: { listId: list.id } }), await Task.count({ where: { listId: list.id } })],
      [500, 0],
    );
  });

  it('lets one of two at once have the last place', async () => {
    const { list, viewer } = await createPerson(app, 'Twofold');
    await fillCategories(list.id, limits.categories - 1);
    const made = await Promise.allSettled(
      ['this', 'that'].map((original) => Category.create({ listId: list.id, name: { original }, color: 'red' })),
    );
    assert.equal(fulfilled(made), 1);
    const tokens = await Promise.allSettled(
      Array.from({ length: limits.tokens + 5 }, () =>
        createToken(viewer.id, { name: 'x', scopes: ['read'], expiresAt: null }),
      ),
    );
    assert.deepEqual([fulfilled(tokens), await ApiToken.count({ where: { userId: viewer.id } })], [50, 50]);
  });

  it('ends at 100 teams a person, founded or joined, and at 500 members and 200 open invitations a team', async () => {
    const { viewer, client } = await createPerson(app, 'Founder');
    await fill(
      `WITH made AS (INSERT INTO teams (name) SELECT 'filler ' || n FROM generate_series(1, 99) n RETURNING id),
      lists AS (INSERT INTO lists (team_id) SELECT id FROM made)
      INSERT INTO memberships (user_id, team_id, role) SELECT $1, id, 'owner' FROM made`,
      [viewer.id],
    );
    const team = await createTeam(viewer, 'The last');
    const refused = await client.post('/teams', { name: 'One more' });
    assert.equal(refused.status, 422);
    assert.match(refused.text, /at most 100 teams. Leave or delete one first/);
    assert.equal(await Team.count({ where: { name: 'One more' } }), 0);
    const others = await createTeam(world.eve.viewer, 'Others');
    await assert.rejects(addMember(others, world.eve.user.id, viewer.id), { message: /errors.tooManyTeams/ });

    await fill(
      `WITH made AS (
        INSERT INTO users (name, email, password_digest)
        SELECT 'filler', 'filler' || n || '@example.com', 'none' FROM generate_series(1, 499) n RETURNING id
      ) INSERT INTO memberships (user_id, team_id) SELECT id, $1 FROM made`,
      [team.id],
    );
    await assert.rejects(addMember(team, viewer.id, world.bob.user.id), { message: /errors.tooManyMembers/ });
    assert.equal(await Membership.count({ where: { teamId: team.id } }), 500);

    await fill(
      `INSERT INTO invitations (team_id, digest, expires_at, revoked_at)
      SELECT $1, sha256(n::text::bytea), now() + interval '1 day', CASE WHEN n > 199 THEN now() END
      FROM generate_series(1, 300) n`,
      [team.id],
    );
    await createInvitation(viewer, team, null);
    await assert.rejects(createInvitation(viewer, team, null), { message: /errors.tooManyInvitations/ });
    await fill('UPDATE invitations SET revoked_at = now() WHERE id = $1', [
      (await Invitation.findOne({ where: { teamId: team.id, revokedAt: null }, rejectOnEmpty: true })).id,
    ]);
    await createInvitation(viewer, team, null);
  });

  it('ends the session unused for longest where a person has more than a hundred', async () => {
    const { user, client } = await createPerson(app, 'Everywhere');
    const open = (n: number) =>
      createSession({ sid: `everywhere ${String(n)}`, userId: user.id, kept: {}, address: null, agent: null });
    for (let n = 0; n < limits.sessions; n += 1) await open(n);
    assert.equal(await Session.count({ where: { userId: user.id } }), 100);
    assert.equal((await client.get('/settings')).status, 303, 'the first of them');
    await fill("UPDATE sessions SET last_seen_at = now() - interval '1 day' WHERE sid = 'everywhere 50'", []);
    await open(100);
    assert.equal(await Session.count({ where: { sid: 'everywhere 50' } }), 0);
  });
});

describe('Pages of a person who is in a hundred teams with 500 categories each', () => {
  let rich: Person;
  let team: Team;
  before(async () => {
    rich = await createPerson(app, 'Rich');
    await fill(
      `WITH made AS (INSERT INTO teams (name) SELECT 'rich ' || n FROM generate_series(1, 99) n RETURNING id),
      lists AS (INSERT INTO lists (team_id) SELECT id FROM made RETURNING id),
      filled AS (
        INSERT INTO categories (list_id, name)
        SELECT id, jsonb_build_object('original', 'category ' || n) FROM lists, generate_series(1, 500) n
      ) INSERT INTO memberships (user_id, team_id, role) SELECT $1, id, 'owner' FROM made`,
      [rich.user.id],
    );
    team = await Team.findOne({ where: { name: 'rich 50' }, rejectOnEmpty: true });
  });
  const choices = (text: string): number => text.split('name="categoryIds"').length - 1;

  it('hold some categories of each list, and all of the list that they are about', async () => {
    const { client } = rich;
    const { id } = await findTeamList(team.id);
    for (const path of ['/tasks', '/tasks/mine', '/categories', '/activity', '/settings/profile'])
      assert.ok((await client.get(path)).text.length < 400_000, path);
    const all = await client.get('/categories');
    assert.match(all.text, new RegExp(`href="/categories\\?list=${String(id)}#list-${String(id)}"`));
    const ofList = await client.get('/categories', { list: String(id) });
    assert.equal(ofList.text.split(/href="\/categories\/\d+\/edit"/).length - 1 >= 500, true);

    assert.equal(choices((await client.get('/tasks/new', { list: String(id) })).text), 500);
    const refused = await client.post('/tasks', { description: '', listId: String(id) });
    assert.equal(choices(refused.text), 500, 'the form with its errors too');
    const last = await Category.findOne({ where: { listId: id }, order: [['id', 'DESC']], rejectOnEmpty: true });
    await client.post('/tasks', { description: 'Filed', listId: String(id), categoryIds: String(last.id) });
    const task = await Task.findOne({ where: { description: 'Filed' }, rejectOnEmpty: true });
    assert.equal(choices((await client.get(`/tasks/${String(task.id)}/edit`)).text), 500);
    assert.match((await client.get('/tasks', { category: String(last.id) })).text, /Filed/);
  });

  it('show nothing of a list that is not theirs, whatever the address says', async () => {
    const { id } = await findTeamList(team.id);
    const { text } = await world.eve.client.get('/tasks/new', { list: String(id) });
    assert.ok(!text.includes('category 1'));
  });
});

describe('Using (A47)', () => {
  const waiting = async (): Promise<number> => {
    const [rows] = await app.sequelize.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rows.length;
  };
  const merge = (person: Person, provider: string) =>
    programOf(app, person).then((program) =>
      program.post('/tasks/merge', { provider, docs: [{ externalId: 'a', description: 'x' }] }),
    );

  it('six merges of one person wait for one another and for no more than one connection, with and without keys', async () => {
    const greedy = await createPerson(app, 'Greedy');
    const lock = await app.sequelize.transaction();
    await app.sequelize.query('SELECT FROM lists WHERE id = $1 FOR UPDATE', {
      bind: [greedy.list.id],
      transaction: lock,
    });
    const program = await programOf(app, greedy);
    const sent = Array.from({ length: 6 }, (_, n) =>
      program.ask('POST', '/tasks/merge', {
        body: JSON.stringify({ provider: `p${String(n)}`, docs: [{ externalId: 'a', description: 'x' }] }),
        headers: { 'content-type': 'application/json', ...(n % 2 === 0 && { 'idempotency-key': `key ${String(n)}` }) },
      }),
    );
    try {
      await eventually(async () => (await waiting()) === 1, 'one merge waits for the list');
      const pages = await Promise.all(
        [world.ana, world.bob, world.eve].flatMap(({ client }) => [client.get('/tasks'), client.get('/activity')]),
      );
      assert.deepEqual(
        pages.map(({ status }) => status),
        [200, 200, 200, 200, 200, 200],
      );
      assert.equal(await waiting(), 1);
    } finally {
      await lock.commit();
    }
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    assert.deepEqual(statuses.toSorted(), [200, 200, 200, 429, 429, 429]);
  });

  /** Sends the beginning of a file, and then nothing. */
  const sendSlowly = async (person: Person, path: string, type: string): Promise<Socket> => {
    const { hostname, port, host } = new URL(app.url);
    const { token } = await createToken(person.user.id, { name: 'slow', scopes: ['write'], expiresAt: null });
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const isPage = path.startsWith('/settings');
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\nContent-Length: 5000\r\nOrigin: ${app.url}\r\n` +
        (isPage ? `Cookie: ${person.client.cookieHeader}\r\n\r\n` : `Authorization: Bearer ${token}\r\n\r\n`),
    );
    socket.write(isPage ? '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ndesc' : '{');
    return socket;
  };

  it('a file that comes slowly takes no place of those that have arrived', async () => {
    const slow = await Promise.all(['Slow', 'Slower'].map((name) => createPerson(app, name)));
    const sockets = await Promise.all(
      slow.flatMap((person) => [
        sendSlowly(person, '/settings/import', 'multipart/form-data; boundary=b'),
        sendSlowly(person, '/api/v1/import', 'text/csv'),
        sendSlowly(person, '/api/v1/tasks/merge', 'application/json'),
      ]),
    );
    const program = await programOf(app, world.bob);
    const imported = await program.ask('POST', '/import', {
      body: 'description\nquick\n',
      headers: { 'content-type': 'text/csv' },
    });
    assert.deepEqual([imported.status, (await merge(world.eve, 'quick')).status], [200, 200]);
    for (const socket of sockets) socket.destroy();
  });

  it('requests are counted for the person, whatever token or page they come with', async () => {
    const busy = await createPerson(app, 'Busy');
    const [one, other] = [await programOf(app, busy), await programOf(app, busy)];
    const remaining = async (program: typeof one): Promise<number> =>
      Number(/r=(\d+)/.exec((await program.get('/me')).headers.get('ratelimit') ?? '')?.[1]);
    const left = await remaining(one);
    assert.equal(await remaining(other), left - 1);
    assert.equal(await remaining(await programOf(app, await createPerson(app, 'Idle'))), 599);
  });
});

describe('Time zones (A52)', () => {
  it('are stored as the database spells them, whatever the spelling', async () => {
    const user = await User.findByPk(world.ana.user.id, { rejectOnEmpty: true });
    for (const typed of ['europe/madrid', 'EUROPE/MADRID', 'Europe/mADRID'])
      assert.equal((await updateProfile(user, { timeZone: typed })).timeZone, 'Europe/Madrid');
    const program = await programOf(app, world.ana);
    assert.equal((await program.patch('/me', { timeZone: 'aSIA/tokyo' })).status, 200);
    await user.reload();
    assert.equal(user.timeZone, 'Asia/Tokyo');
    await world.anon.post('/register', {
      name: 'Zoned',
      email: 'zoned@example.com',
      password: 'a kettle on the roof',
      timeZone: 'aMERICA/lima',
    });
    assert.equal((await User.findOne({ where: { email: 'zoned@example.com' } }))?.timeZone, 'America/Lima');
  });
});
