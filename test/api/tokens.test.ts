import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiToken } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Program, assertProblem, programOf } from '../support/program.ts';
import { createPerson, createWorld, worldPassword, type World } from '../support/world.ts';
import { disableUser } from '../../src/models/user/rights.ts';

let app: TestApp;
let world: World;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

describe('a token', () => {
  it('is created with the password, shown once, and revoked by logout', async () => {
    const { status, body, headers } = await new Program(app.url).post<{
      token: string;
      id: number;
      prefix: string;
      scopes: string[];
    }>('/login', { email: 'ana@example.com', password: worldPassword, name: 'laptop' });
    assert.equal(status, 201);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal(headers.get('set-cookie'), null);
    assert.match(body.token, /^taskwire_[\w-]{43}$/);
    assert.ok(body.token.startsWith(body.prefix));
    const program = new Program(app.url, body.token);
    assert.equal((await program.delete('/logout')).status, 204);
    assertProblem(await program.delete('/logout'), { status: 401, code: 102 });
  });

  it('A34: is not stored in the database, nor accepted in the URL or a cookie', async () => {
    const { token } = await programOf(app, world.ana);
    const [rows] = await app.sequelize.query('SELECT t::text AS row FROM api_tokens t');
    assert.ok(!JSON.stringify(rows).includes(token!));
    assertProblem(
      await new Program(app.url).ask('DELETE', '/logout', { query: { token: token!, access_token: token! } }),
      { status: 401, code: 102 },
    );
    const { status } = await world.ana.client.json('DELETE', '/api/v1/logout', undefined);
    assert.equal(status, 401);
    assert.equal(
      (await fetch(`${app.url}/tasks`, { redirect: 'manual', headers: { authorization: `Bearer ${token!}` } })).status,
      303,
    );
  });

  it('is rejected once it has expired or its user is disabled', async () => {
    const program = await programOf(app, world.bob);
    await ApiToken.update({ expiresAt: new Date(Date.now() - 1000) }, { where: { userId: world.bob.user.id } });
    assertProblem(await program.delete('/logout'), { status: 401, code: 102 });
    const other = await programOf(app, world.eve);
    await disableUser(world.eve.user, null, null);
    assertProblem(await other.delete('/logout'), { status: 401, code: 102 });
  });

  it('A30: is refused identically for a wrong password and an unknown address', async () => {
    const program = new Program(app.url);
    const wrong = await program.post('/login', { email: 'ana@example.com', password: 'not this one' });
    const unknown = await program.post('/login', { email: 'nobody@example.com', password: 'not this one' });
    assertProblem(wrong, { status: 401, code: 102 });
    assert.deepEqual({ ...wrong.body, requestId: '' }, { ...unknown.body, requestId: '' });
  });
});

describe('every response', () => {
  it('names the problem with the request', async () => {
    const program = new Program(app.url);
    assertProblem(await program.post('/login', { email: '', password: 5, nmae: 'x' }), {
      status: 422,
      code: 101,
      paths: ['email', 'password', 'nmae'],
    });
    assertProblem(await program.post('/login', '{"a":'), { status: 400, code: 105 });
    assertProblem(await program.ask('POST', '/login', { body: '<a/>', headers: { 'content-type': 'text/xml' } }), {
      status: 415,
      code: 109,
    });
    assertProblem(await program.get('/login'), { status: 405, code: 113 });
    assert.equal((await program.get('/login')).headers.get('allow'), 'POST');
    assertProblem(await program.get('/nothing'), { status: 404, code: 104 });
    assertProblem(await program.post('/login', { email: 'x'.repeat(300_000) }), { status: 413, code: 108 });
    assertProblem(await (await programOf(app, world.ana)).delete('/logout', { force: 'true' }), {
      status: 400,
      code: 105,
      paths: ['force'],
    });
  });

  it('has the number of remaining requests, of the person with all tokens', async () => {
    const frugal = await createPerson(app, 'Frugal');
    for (const left of [599, 598]) {
      const { headers } = await (await programOf(app, frugal)).delete('/logout');
      assert.equal(headers.get('ratelimit-policy'), '"requests";q=600;w=60');
      assert.match(headers.get('ratelimit') ?? '', new RegExp(`^"requests";r=${String(left)};t=\\d+$`));
    }
  });
});
