import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiToken, Mail } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Program } from '../../support/program.ts';
import { createPerson, createWorld, worldPassword, type World } from '../../support/world.ts';
import { createToken } from '../../../src/models/api-token/commands.ts';
import { listTokens } from '../../../src/models/api-token/queries.ts';

const currentPassword = worldPassword;
let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

describe('the API tokens page', () => {
  it('creates a token, shows it once, and revokes it immediately', async () => {
    const { client } = world.ana;
    const made = await client.follow(
      client.post('/settings/tokens', { name: '<b>my script</b>', access: 'write', lifetime: '30', currentPassword }),
    );
    assert.equal(made.status, 200);
    assert.match(made.headers.get('cache-control') ?? '', /no-store/);
    const [token = ''] = /taskwire_[\w-]{43}/.exec(made.text) ?? [];
    const program = new Program(app.url, token);
    assert.equal((await program.get('/me')).status, 200);
    await client.get('/settings/tokens');
    const listed = (await client.get('/settings/tokens')).text;
    assert.ok(!listed.includes(token) && listed.includes('&lt;b&gt;my script') && !listed.includes('<b>my'));
    const [{ id } = { id: 0 }] = await listTokens(world.ana.viewer);
    assert.equal((await client.delete(`/settings/tokens/${String(id)}`)).location, '/settings/tokens');
    assert.equal((await program.get('/me')).status, 401);
  });

  it('lets a read-only token change nothing', async () => {
    const { client } = world.ana;
    const { text } = await client.follow(
      client.post('/settings/tokens', { name: 'reader', access: 'read', lifetime: 'never', currentPassword }),
    );
    const program = new Program(app.url, /taskwire_[\w-]{43}/.exec(text)?.[0]);
    assert.equal((await program.post('/tasks', { description: 'No' })).status, 403);
    assert.equal((await program.get('/tasks')).status, 200);
    const [{ expiresAt } = { expiresAt: undefined }] = await listTokens(world.ana.viewer);
    assert.equal(expiresAt, null);
  });

  it('shows the form with errors for invalid input', async () => {
    const before = await ApiToken.count();
    const wrong: Record<string, string>[] = [
      { name: ' ', access: 'read', currentPassword },
      { name: 'x'.repeat(101), currentPassword },
      { name: 'x', access: 'admin', currentPassword },
      { name: 'x', lifetime: '1e9', currentPassword },
      { name: 'x' },
      { name: 'x', currentPassword: 'another one' },
    ];
    for (const form of wrong) {
      const { status, text } = await world.ana.client.post('/settings/tokens', form);
      assert.equal(status, 422, JSON.stringify(form));
      assert.match(text, /aria-invalid="true"/);
    }
    assert.equal(await ApiToken.count(), before);
  });

  it('asks for the password, counts wrong ones, and keeps what else was typed', async () => {
    const { client, user } = await createPerson(app, 'Guessed');
    const form = { name: 'a thief’s', access: 'read', lifetime: '365', currentPassword: 'a guess' };
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { status, text } = await client.post('/settings/tokens', form);
      assert.equal(status, 422);
      assert.match(text, /value="a thief’s"/);
      assert.match(text, /<option value="365" selected/);
      assert.ok(!text.includes('a guess'));
    }
    assert.equal((await client.post('/settings/tokens', { ...form, currentPassword })).status, 429);
    assert.equal(await ApiToken.count({ where: { userId: user.id } }), 0);
  });

  it('writes to the account’s address, from the page and from the API', async () => {
    const { client, user } = await createPerson(app, 'Noticed');
    await client.post('/settings/tokens', { name: 'by page', access: 'read', lifetime: '30', currentPassword });
    await new Program(app.url).post('/login', { email: user.email, password: worldPassword, name: 'by API' });
    const mails = await Mail.findAll({ where: { recipient: user.email }, order: ['id'] });
    assert.deepEqual(
      mails.map(({ text, link }) => [/by page|by API/.exec(text ?? '')?.[0], link]),
      [
        ['by page', null],
        ['by API', null],
      ],
    );
  });

  it('lets nobody revoke another person’s token', async () => {
    const { row } = await createToken(world.ana.user.id, { name: 'hers', scopes: ['read'], expiresAt: null });
    assert.equal((await world.eve.client.delete(`/settings/tokens/${String(row.id)}`)).status, 404);
    assert.ok(await ApiToken.findByPk(row.id));
  });
});
