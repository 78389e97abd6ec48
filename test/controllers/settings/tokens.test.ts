import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiToken } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { Program } from '../../support/program.ts';
import { createWorld, type World } from '../../support/world.ts';
import { createToken } from '../../../src/models/api-token/commands.ts';
import { listTokens } from '../../../src/models/api-token/queries.ts';

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
      client.post('/settings/tokens', { name: '<b>my script</b>', access: 'write', lifetime: '30' }),
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
      client.post('/settings/tokens', { name: 'reader', access: 'read', lifetime: 'never' }),
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
      { name: ' ', access: 'read' },
      { name: 'x'.repeat(101) },
      { name: 'x', access: 'admin' },
      { name: 'x', lifetime: '1e9' },
    ];
    for (const form of wrong) {
      const { status, text } = await world.ana.client.post('/settings/tokens', form);
      assert.equal(status, 422, JSON.stringify(form));
      assert.match(text, /aria-invalid="true"/);
    }
    assert.equal(await ApiToken.count(), before);
  });

  it('lets nobody revoke another person’s token', async () => {
    const { row } = await createToken(world.ana.user.id, { name: 'hers', scopes: ['read'], expiresAt: null });
    assert.equal((await world.eve.client.delete(`/settings/tokens/${String(row.id)}`)).status, 404);
    assert.ok(await ApiToken.findByPk(row.id));
  });
});
