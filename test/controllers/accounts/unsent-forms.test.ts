import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { seal } from '../../../src/lib/seal.ts';
import { cookieName } from '../../../src/middleware/session.ts';
import { Category, Task } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Client, type Answer, type Form } from '../../support/client.ts';
import { createWorld, worldPassword, type Person, type World } from '../../support/world.ts';
import { destroySession } from '../../../src/models/session/commands.ts';
import { createTask } from '../../../src/models/task/commands.ts';
import { createTeam } from '../../../src/models/team/commands.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

const hidden = (text: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
const signIn = (client: Client, page: Answer, person: Person, more: Form = {}): Promise<Answer> =>
  client.post('/login', {
    email: person.user.email,
    password: worldPassword,
    next: hidden(page.text, 'next'),
    unsent: hidden(page.text, 'unsent'),
    ...more,
  });

/** A person whose session ends while they type. */
async function interrupted(): Promise<Client> {
  const { client, sid } = await world.signIn(world.ana);
  await destroySession(sid, 'expired');
  return client;
}

describe('a form that is sent after the session has ended', () => {
  const ways = async (): Promise<[page: string, action: string, method: string, form: Form, shown: RegExp][]> => {
    const task = await createTask(world.ana.viewer, { description: 'Paint', listId: world.ana.list.id });
    const team = await createTeam(world.ana.viewer, `Boat ${String(task.id)}`);
    const edit = `/tasks/${String(task.id)}/edit?from=/tasks?q=paint`;
    return [
      ['/tasks?sort=due', '/tasks', 'POST', { description: 'typed <b>there</b>' }, /typed &lt;b&gt;there&lt;\/b&gt;/],
      ['/', '/tasks', 'POST', { description: 'typed at the start' }, /typed at the start/],
      ['/tasks/new', '/tasks', 'POST', { description: 'typed', notes: 'long\nnotes' }, /long\nnotes/],
      [
        edit,
        `/tasks/${String(task.id)}`,
        'PATCH',
        { description: 'Repaint', textRevision: '1', priority: '3' },
        /Repaint/,
      ],
      ['/categories/new', '/categories', 'POST', { name: 'never kept', color: 'pink' }, /value="pink"[^>]* checked/],
      ['/teams/new', '/teams', 'POST', { name: 'Never kept either' }, /Never kept either/],
      [`/teams/${team.id}`, `/teams/${team.id}/invitations`, 'POST', { email: 'x@example.com' }, /x@example\.com/],
      [
        '/settings/profile',
        '/settings/profile',
        'PATCH',
        { name: 'Ana Maria', timeZone: 'UTC', country: 'ES' },
        /Ana Maria/,
      ],
      ['/settings/tokens', '/settings/tokens', 'POST', { name: 'a script', access: 'read' }, /a script/],
    ];
  };

  it('leads to the sign-in page, which says why, and back to its page with what was typed, unsaved', async () => {
    for (const [page, action, method, form, shown] of await ways()) {
      const client = await interrupted();
      const sent = await client.post(
        action,
        { _method: method, _author: String(world.ana.user.id), ...form },
        { referer: app.url + page },
      );
      assert.equal(sent.status, 401, action);
      assert.match(sent.text, /Your session has ended, so this was not saved/, action);
      assert.match(sent.text, /<form method="post" action="\/login/);
      for (const value of Object.values(form))
        assert.ok(String(value).length < 8 || !sent.text.includes(String(value)), 'sealed');
      const back = await signIn(client, sent, world.ana);
      assert.deepEqual([back.status, back.location], [303, page]);
      const there = await client.get(page);
      assert.match(there.text, /What you typed is back\. It has not been saved yet\./, page);
      assert.match(there.text, shown);
      assert.match((await client.get(page)).text, shown, 'one reload');
      assert.doesNotMatch((await client.get(page)).text, /What you typed is back/);
    }
    assert.equal(await Task.count({ where: { description: ['typed', 'Repaint', 'typed at the start'] } }), 0);
    assert.equal(await Category.count({ where: { color: 'pink' } }), 0);
  });

  it('is forgotten once it is sent again', async () => {
    const client = await interrupted();
    const form = { _author: String(world.ana.user.id), description: 'sent at last' };
    const sent = await client.post('/tasks', form, { referer: `${app.url}/tasks` });
    await signIn(client, sent, world.ana);
    assert.match((await client.get('/tasks')).text, /value="sent at last"/);
    assert.equal((await client.post('/tasks', form)).status, 303);
    assert.doesNotMatch((await client.get('/tasks')).text, /value="sent at last"/);
    assert.equal(await Task.count({ where: { description: 'sent at last' } }), 1);
  });

  it('keeps the key and the revision that it was filled in with, so that nothing is doubled or overwritten', async () => {
    const task = await createTask(world.ana.viewer, { description: 'Sand', listId: world.ana.list.id });
    const client = await interrupted();
    const action = `/tasks/${String(task.id)}`;
    const sent = await client.patch(
      action,
      { _author: String(world.ana.user.id), description: 'Sand twice', textRevision: '1' },
      { referer: `${app.url}${action}/edit` },
    );
    await world.ana.client.patch(action, { description: 'Sand thrice', textRevision: '1' });
    await signIn(client, sent, world.ana);
    const page = await client.get(`${action}/edit`);
    assert.equal(hidden(page.text, 'textRevision'), '1');
    assert.match(page.text, /value="Sand twice"/);
    assert.equal((await client.patch(action, { description: 'Sand twice', textRevision: '1' })).status, 409);
  });

  it("is nobody else's: whoever signs in next finds an empty form", async () => {
    const client = await interrupted();
    const sent = await client.post('/tasks', { _author: String(world.ana.user.id), description: 'a private matter' });
    const { location } = await signIn(client, sent, world.bob);
    assert.doesNotMatch((await client.get(location ?? '')).text, /a private matter/);
  });

  it('survives a wrong password, and is not opened when it is forged, changed or an hour old', async (t) => {
    const form = { _author: String(world.ana.user.id), description: 'a long thought' };
    const client = await interrupted();
    const sent = await client.post('/tasks', form, { referer: `${app.url}/tasks` });
    const wrong = await signIn(client, sent, world.ana, { password: 'not the password' });
    assert.equal(hidden(wrong.text, 'unsent'), hidden(sent.text, 'unsent'));
    const sealed = hidden(sent.text, 'unsent');
    const value = { author: world.ana.user.id, action: '/tasks', fields: { description: 'a long thought' } };
    for (const unsent of [
      '',
      'x'.repeat(1000),
      `${sealed.slice(0, -2)}AA`,
      seal(value, 60_000, { secret: 'another secret of a server', purpose: 'unsent form' }),
      seal(value, 60_000, { secret: app.settings.sessionSecret, purpose: 'something else' }),
    ]) {
      const other = await interrupted();
      assert.equal((await signIn(other, sent, world.ana, { unsent })).status, 303);
      assert.doesNotMatch((await other.get('/tasks')).text, /a long thought/);
    }
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 61 * 60_000 });
    const late = new Client(app.url);
    await signIn(late, sent, world.ana);
    assert.doesNotMatch((await late.get('/tasks')).text, /a long thought/);
  });

  it('never carries a password, nor more than the sign-in form can take', async () => {
    const client = await interrupted();
    const author = { _author: String(world.ana.user.id) };
    const secret = await client.patch('/settings/password', {
      ...author,
      currentPassword: 'one',
      newPassword: 'two words',
    });
    assert.equal(hidden(secret.text, 'unsent'), '');
    assert.match(secret.text, /Your session has expired/);
    const incompressible = Array.from({ length: 10_000 }, () =>
      crypto.randomUUID().replaceAll('-', '').slice(0, 15),
    ).join('');
    const long = await client.post('/tasks', { ...author, description: 'x', notes: incompressible });
    assert.equal(long.status, 401);
    assert.equal((await signIn(client, long, world.ana)).status, 303);
  });

  it('leads back from a press without text too, and from a page asked for', async () => {
    const task = await createTask(world.ana.viewer, { description: 'Press me', listId: world.ana.list.id });
    const client = await interrupted();
    const pressed = await client.post(
      `/tasks/${String(task.id)}/completion`,
      {},
      { referer: `${app.url}/tasks?sort=due` },
    );
    assert.match(pressed.text, /Your session has expired/);
    const expired = await client.get('/login', { next: '/settings' });
    assert.match(expired.text, /Your session has expired/);
    assert.doesNotMatch((await new Client(app.url).get('/login', { next: '/settings' })).text, /has expired/);
    assert.equal((await signIn(client, pressed, world.ana)).location, '/tasks?sort=due');
    await task.reload();
    assert.equal(task.completedAt, null, 'nothing is done without a press');
    const foreign = await (await interrupted()).post('/tasks', {}, { referer: 'https://evil.example/tasks' });
    assert.equal(hidden(foreign.text, 'next'), '/tasks');
  });
});

describe('the name of the session cookie', () => {
  const settings = { https: false, sessionSecret: 'one secret of many', databaseUrl: null, dataDir: '/srv/a/.data' };

  it('differs between installations on one host, which know no ports', () => {
    const names = [
      settings,
      { ...settings, dataDir: '/srv/b/.data' },
      { ...settings, sessionSecret: 'another secret of many' },
      { ...settings, databaseUrl: 'postgres://u:p@localhost/one' },
      { ...settings, databaseUrl: 'postgres://u:p@localhost/two' },
    ].map((one) => cookieName(one));
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^taskwire\.[0-9a-f]{8}\.sid$/);
  });

  it('is the same for all processes of one, also when the password of its database changes', () => {
    const name = (databaseUrl: string): string => cookieName({ ...settings, databaseUrl });
    assert.equal(name('postgres://u:p@localhost/one'), name('postgres://u:q@localhost/one?x=1'));
    assert.equal(cookieName({ ...settings, https: true }), '__Host-taskwire.sid');
  });
});
