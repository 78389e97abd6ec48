import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type Person } from '../support/world.ts';

describe('conventions of the API', () => {
  let app: TestApp;
  let program: Program;
  let bob: Person;
  before(async () => {
    app = await startApp({ apiCorsOrigins: ['https://app.example.com'] });
    const world = await createWorld(app);
    ({ bob } = world);
    program = await programOf(app, world.ana);
  });
  after(() => app.close());

  it('allows CORS for configured origins only, without credentials', async () => {
    const allowed = await program.get('/me', {}, { origin: 'https://app.example.com' });
    assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://app.example.com');
    assert.equal(allowed.headers.get('access-control-allow-credentials'), null);
    assert.match(allowed.headers.get('access-control-expose-headers') ?? '', /ETag.*Link/);
    for (const origin of ['https://evil.example', 'https://app.example.com.evil.example', 'null']) {
      assert.equal((await program.get('/me', {}, { origin })).headers.get('access-control-allow-origin'), null, origin);
    }
  });

  it('answers preflight requests', async () => {
    const { status, headers } = await fetch(`${app.url}/api/v1/tasks`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,idempotency-key',
      },
    });
    assert.deepEqual(
      {
        status,
        allowOrigin: headers.get('access-control-allow-origin'),
        allowHeaders: headers.get('access-control-allow-headers'),
      },
      { status: 204, allowOrigin: 'https://app.example.com', allowHeaders: 'authorization,idempotency-key' },
    );
  });

  it('limits the rate of one token with 429 and Retry-After', async () => {
    const many = await Promise.all(Array.from({ length: 620 }, () => program.get('/me')));
    const refused = many.filter(({ status }) => status === 429);
    assert.ok(refused.length > 0, 'none was refused');
    assertProblem(refused[0]!, { status: 429, code: 110 });
    assert.ok(Number(refused[0]!.headers.get('retry-after')) > 0);
    assert.match(refused[0]!.headers.get('ratelimit') ?? '', /^"requests";r=0;t=\d+$/);
    assert.equal((await (await programOf(app, bob)).get('/me')).status, 200);
  });
});

describe('without configured origins', () => {
  it('CORS is off', async () => {
    const app = await startApp();
    const program = await programOf(app, (await createWorld(app)).ana);
    assert.equal(
      (await program.get('/me', {}, { origin: 'https://app.example.com' })).headers.get('access-control-allow-origin'),
      null,
    );
    await app.close();
  });
});
