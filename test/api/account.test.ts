import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Mail, User } from '../../src/models/index.ts';
import { promoteUser } from '../../src/models/user/rights.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createPerson, createWorld, worldPassword, type World } from '../support/world.ts';

let app: TestApp;
let world: World;
let [ana, bob]: Program[] = [];
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
  [ana, bob] = await Promise.all([world.ana, world.bob].map((person) => programOf(app, person)));
});
after(() => app.close());

const wrong = { currentPassword: `not ${worldPassword}` };
const right = { currentPassword: worldPassword };

describe('one’s own account', () => {
  it('asks for the current password before it changes what matters, and is then refused for a wrong one', async () => {
    for (const [method, path, rest] of [
      ['PUT', '/me/password', { newPassword: 'the ladder by the wall' }],
      ['POST', '/me/email', { email: 'new@example.com' }],
      ['DELETE', '/me', {}],
    ] as const) {
      const answer = await ana!.ask(method, path, { body: { ...rest, ...wrong } });
      assertProblem(answer, { status: 422, code: 101, paths: ['currentPassword'] });
      const without = await ana!.ask(method, path, { body: rest });
      assertProblem(without, { status: 422, code: 101, paths: ['currentPassword'] });
    }
  });

  it('changes the password by the rules of the page, and signs out every browser', async () => {
    const eve = await programOf(app, world.eve);
    const { client } = await world.signIn(world.eve);
    const common = await eve.put('/me/password', { ...right, newPassword: 'password1' });
    assertProblem(common, { status: 422, code: 101, paths: ['newPassword'] });
    assert.equal((await client.get('/settings')).status, 200);
    const next = 'the ladder by the wall';
    const [kept, ended] = [await programOf(app, world.eve), await programOf(app, world.eve)];
    const tokens = (await eve.get<{ id: number; prefix: string }[]>('/me/tokens')).body;
    const keepTokens = tokens.filter(({ prefix }) => kept.token?.startsWith(prefix)).map(({ id }) => id);
    assert.equal((await eve.put('/me/password', { ...right, newPassword: next, keepTokens })).status, 204);
    assert.equal((await client.get('/settings')).status, 303);
    assert.deepEqual([(await eve.get('/me')).status, (await kept.get('/me')).status], [200, 200]);
    assertProblem(await ended.get('/me'), { status: 401, code: 102 });
    const login = (password: string) => eve.post('/login', { email: 'eve@example.com', password });
    assertProblem(await login(worldPassword), { status: 401, code: 102 });
    assert.equal((await login(next)).status, 201);
  });

  it('changes the email address once the link in the mail is confirmed', async () => {
    assert.equal((await bob!.post('/me/email', { email: 'robert@example.com', ...right })).status, 202);
    const mail = await Mail.findOne({ where: { recipient: 'robert@example.com' }, rejectOnEmpty: true });
    const token = mail.link?.split('/').at(-1);
    assertProblem(await ana!.post('/me/email/confirm', { token }), { status: 404, code: 104 });
    assert.equal((await bob!.post('/me/email/confirm', { token })).status, 204);
    assert.equal((await bob!.get('/me')).body.email, 'robert@example.com');
  });

  it('lists and ends sessions, which are no credentials', async () => {
    const second = await world.signIn(world.ana);
    const { body } = await ana!.get<{ id: number; agent: string }[]>('/me/sessions');
    assert.equal(body.length, 2);
    assert.ok(!JSON.stringify(body).includes(second.sid));
    assertProblem(await bob!.delete(`/me/sessions/${body[0]!.id}`), { status: 404, code: 104 });
    assert.equal((await ana!.delete(`/me/sessions/${body[0]!.id}`)).status, 204);
    assert.equal((await ana!.get<unknown[]>('/me/sessions')).body.length, 1);
    const [kept, ended] = [await programOf(app, world.ana), await programOf(app, world.ana)];
    const tokens = (await ana!.get<{ id: number; prefix: string }[]>('/me/tokens')).body;
    const { id } = tokens.find(({ prefix }) => kept.token?.startsWith(prefix))!;
    assertProblem(await ana!.delete('/me/sessions', { keepTokens: 'all' }), { status: 400, code: 105 });
    assert.equal((await ana!.delete('/me/sessions', { keepTokens: String(id) })).status, 204);
    assert.deepEqual([(await kept.get('/me')).status, (await ended.get('/me')).status], [200, 401]);
    assert.deepEqual((await ana!.get<unknown[]>('/me/sessions')).body, []);
    assert.equal((await second.client.get('/settings')).status, 303);
  });

  it('lists and revokes tokens, whose secrets are not shown again', async () => {
    const other = await programOf(app, world.ana);
    const { body } = await ana!.get<{ id: number; prefix: string }[]>('/me/tokens');
    assert.ok(!JSON.stringify(body).includes(other.token!));
    const { id } = body.find(({ prefix }) => other.token!.startsWith(prefix))!;
    assertProblem(await bob!.delete(`/me/tokens/${id}`), { status: 404, code: 104 });
    assert.equal((await ana!.delete(`/me/tokens/${id}`)).status, 204);
    assertProblem(await other.get('/me'), { status: 401, code: 102 });
  });

  it('is deleted, unless a team needs another owner first', async () => {
    const person = await createPerson(app, 'Gus');
    const gus = await programOf(app, person);
    const { body: team } = await gus.post<{ id: number }>('/teams', { name: 'Needs an owner' });
    const { body } = await gus.post<{ link: string }>(`/teams/${team.id}/invitations`, {});
    await ana!.post('/invitations/accept', { token: body.link.split('/').at(-1) });
    assertProblem(await gus.ask('DELETE', '/me', { body: right }), { status: 422, code: 101 });
    await gus.patch(`/teams/${team.id}/members/${world.ana.user.id}`, { role: 'owner' });
    assert.equal((await gus.ask('DELETE', '/me', { body: right })).status, 204);
    assert.equal(await User.findByPk(person.user.id), null);
    assertProblem(await gus.get('/me'), { status: 401, code: 102 });
  });
});

describe('/activity', () => {
  it('has old and new values in the API’s own fields, with times in UTC', async () => {
    const { body: task } = await ana!.post<{ id: number }>('/tasks', { description: 'Water', dueOn: '2026-11-27' });
    await ana!.patch(`/tasks/${task.id}`, { description: 'Water all', dueOn: null, priority: 2 });
    const { body: done } = await ana!.patch(`/tasks/${task.id}`, { completed: true });
    const { body } = await ana!.get<Record<string, unknown>[]>('/activity', { 'filter[taskId]': String(task.id) });
    assert.deepEqual(
      body.map(({ name, changes }) => [name, changes]),
      [
        ['task_updated', { completedAt: { old: null, new: done.completedAt } }],
        [
          'task_updated',
          {
            description: { old: 'Water', new: 'Water all' },
            dueOn: { old: '2026-11-27', new: null },
            priority: { old: 0, new: 2 },
          },
        ],
        ['new_task', {}],
      ],
    );
    assert.deepEqual(body[0]!.actor, { id: world.ana.user.id, name: 'Ana' });
    const pages = await ana!.pages('/activity', { 'filter[taskId]': String(task.id), limit: '2' });
    assert.deepEqual(pages.flat(), body);
    assert.deepEqual((await bob!.get('/activity', { 'filter[taskId]': String(task.id) })).body, []);
  });
});

describe('/inbox/read', () => {
  it('marks as read what was seen, and leaves what came later', async () => {
    const inbox = async () => (await bob!.get<{ newsAt: string; task: { description: string } }[]>('/inbox')).body;
    const { body: team } = await ana!.post<{ id: number; listId: number }>('/teams', { name: 'Inbox' });
    const { body } = await ana!.post<{ link: string }>(`/teams/${team.id}/invitations`, {});
    await bob!.post('/invitations/accept', { token: body.link.split('/').at(-1) });
    for (const description of ['One', 'Two'])
      await ana!.post('/tasks', { description, listId: team.listId, assigneeId: world.bob.user.id });
    const [, older] = await inbox();
    assert.equal((await bob!.post('/inbox/read', { until: older!.newsAt })).status, 204);
    assert.deepEqual(
      (await inbox()).map(({ task }) => task.description),
      ['Two'],
    );
    assert.equal((await bob!.post('/inbox/read', {})).status, 204);
    assert.deepEqual(await inbox(), []);
  });
});

describe('administration', () => {
  it('reads the audit log with filters, and shows the link of a mail, which is recorded', async () => {
    await promoteUser(world.ana.user);
    const expiresAt = new Date(Date.now() + 600_000);
    const link = '/password-resets/secret';
    const { id } = await Mail.create({ recipient: 'x@example.com', subject: 'A', text: 'A', link, expiresAt });
    const { body: mails } = await ana!.get<{ id: number; hasLink: boolean }[]>('/mails');
    assert.ok(!JSON.stringify(mails).includes('secret'));
    assert.equal(mails.find((mail) => mail.id === id)?.hasLink, true);
    assert.deepEqual((await ana!.post(`/mails/${id}/link`)).body, { link: `${app.url}${link}` });
    const { body } = await ana!.get<Record<string, unknown>[]>('/audit', { action: 'mail_link_shown' });
    assert.deepEqual(
      body.map(({ action, actor, details }) => [action, actor, details]),
      [['mail_link_shown', { id: world.ana.user.id, name: 'Ana' }, { email: 'x@example.com', subject: 'A' }]],
    );
    assertProblem(await ana!.get('/audit', { action: 'unheard of' }), { status: 400, code: 105, paths: ['action'] });
    const pages = await ana!.pages<{ id: number }>('/audit', { limit: '5' });
    assert.equal(new Set(pages.flat().map((entry) => entry.id)).size, pages.flat().length);
  });
});
