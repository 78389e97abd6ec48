import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { after, before, suite, test } from 'node:test';
import { createApp } from '../../src/app.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { Task } from '../../src/models/index.ts';
import { cookieName } from '../../src/middleware/session.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { eventually } from '../support/process.ts';
import { createWorld, type World } from '../support/world.ts';

interface Line {
  level: string;
  msg: string;
  requestId?: string;
  req?: { method: string; path: string };
  res?: { status: number };
  err?: { message: string };
}

let app: TestApp;
let world: World;
let written = '';
const log = createLogger(
  'debug',
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      done();
    },
  }),
);
const lines = (): Line[] =>
  written
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const findLine = (id: string | null) =>
  eventually(
    () => lines().find(({ req, requestId }) => req && requestId === id),
    `the log line of request ${String(id)}`,
  );

suite('Every response', () => {
  before(async () => {
    app = await startApp({}, log);
    world = await createWorld(app);
  });
  after(() => app.close());

  const paths = ['/login', '/tasks', '/no/such/page', '/healthz', '/favicon.svg', '/assets/none.js'];
  for (const path of paths) {
    test(`${path} has the security headers`, async () => {
      const { headers } = await world.ana.client.get(path);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(
        policy,
        /default-src 'self';script-src 'self';style-src 'self'( 'sha256-[^']+')?;img-src 'self' data:/,
      );
      assert.match(policy, /frame-ancestors 'none'/);
      assert.doesNotMatch(policy, /unsafe|upgrade-insecure-requests/);
      assert.equal(headers.get('referrer-policy'), 'same-origin');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('strict-transport-security'), null);
      assert.equal(headers.get('x-powered-by'), null);
      assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
    });
  }

  test('pages are not cached', async () => {
    for (const path of ['/tasks', '/login', '/no/such/page']) {
      assert.equal((await world.ana.client.get(path)).headers.get('cache-control'), 'no-store', path);
    }
  });

  test('each request has one log line, without query, cookie or password', async () => {
    const { headers } = await world.ana.client.get('/tasks', { q: 'something private' });
    const line = await findLine(headers.get('x-request-id'));
    assert.deepEqual(
      { level: line.level, method: line.req?.method, path: line.req?.path, status: line.res?.status },
      { level: 'info', method: 'GET', path: '/tasks', status: 200 },
    );

    const refused = await new Client(app.url).post('/login', { email: 'ana@example.com', password: 'hush hush hush' });
    await findLine(refused.headers.get('x-request-id'));
    assert.equal(lines().filter(({ requestId }) => requestId === refused.headers.get('x-request-id')).length, 1);
    for (const secret of [
      'something private',
      'hush hush',
      world.ana.client.cookieHeader.split('=')[1] ?? '',
      'postgres://',
    ]) {
      assert.ok(!written.includes(secret), secret);
    }
  });

  test('an unknown address or method is a 404 for signed-out people too', async () => {
    const client = new Client(app.url);
    assert.equal((await client.get('/no/such/page')).status, 404);
    assert.equal((await client.request('PUT', '/tasks')).status, 404);
  });

  test('a 503 while the server starts is neither an error nor a stack in the log', async () => {
    const { settings, sequelize } = app;
    const starting = createServer(createApp({ settings, sequelize, log, ready: false })).listen(0, '127.0.0.1');
    await once(starting, 'listening');
    const client = new Client(`http://127.0.0.1:${(starting.address() as AddressInfo).port}`);
    for (const [path, level] of Object.entries({ '/readyz': 'debug', '/login': 'warn', '/api/v1/tasks': 'warn' })) {
      const { status, headers } = await client.get(path);
      assert.equal(status, 503, path);
      const line = await findLine(headers.get('x-request-id'));
      assert.equal(line.level, level, path);
      assert.equal(line.err, undefined, path);
    }
    starting.close();
    starting.closeAllConnections();
  });

  test('secrets are redacted in every log line', () => {
    const from = written.length;
    log.info(
      {
        password: 'hush',
        req: { headers: { cookie: 'hush', authorization: 'hush' } },
        settings: { databaseUrl: 'hush', sessionSecret: 'hush' },
        DATABASE_URL: 'hush',
      },
      'logging secrets',
    );
    assert.doesNotMatch(written.slice(from), /hush/);
  });
});

suite('Invalid requests', () => {
  let client: Client;
  before(async () => {
    app = await startApp({}, log);
    world = await createWorld(app);
    client = world.ana.client;
  });
  after(() => app.close());

  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const invalidRequests: [
    what: string,
    status: number,
    method: string,
    path: string,
    body?: string,
    headers?: Record<string, string>,
  ][] = [
    ['an unknown page', 404, 'GET', '/no/such/page'],
    ['an unsupported method', 404, 'PUT', '/tasks'],
    ['a broken escape in the path', 400, 'GET', '/tasks/%E0%A4%A'],
    ['a NUL in the path', 400, 'GET', '/tasks/1%00'],
    ['a NUL in the query', 400, 'GET', '/tasks?q=a%00b'],
    ['malformed JSON', 400, 'POST', '/tasks', '{"description":', json],
    ['JSON that is not an object', 400, 'POST', '/tasks', '"text"', json],
    [
      'an unknown charset',
      415,
      'POST',
      '/tasks',
      'description=a',
      { 'content-type': 'application/x-www-form-urlencoded; charset=klingon' },
    ],
    ['an unknown encoding', 415, 'POST', '/tasks', 'description=a', { ...form, 'content-encoding': 'zip' }],
    ['a body over the limit', 413, 'POST', '/tasks', `description=${'a'.repeat(200_000)}`, form],
    ['too many fields', 413, 'POST', '/tasks', 'a=1&'.repeat(1000), form],
  ];
  for (const [what, status, method, path, body, headers] of invalidRequests) {
    test(`${what} is ${String(status)}, as a page and as a problem document`, async () => {
      const page = await client.request(method, path, {
        ...(body !== undefined && { body }),
        headers: { accept: 'text/html', ...headers },
      });
      assert.equal(page.status, status);
      assert.match(page.text, /<h1>[^<]+<\/h1>/);
      assert.match(page.text, new RegExp(page.headers.get('x-request-id') ?? 'no id'));

      const problem = await client.request(method, path, {
        ...(body !== undefined && { body }),
        headers: { accept: 'application/json', ...headers },
      });
      assert.equal(problem.status, status);
      assert.match(problem.headers.get('content-type') ?? '', /^application\/problem\+json/);
      const { title, requestId, ...rest } = JSON.parse(problem.text) as Record<string, unknown>;
      assert.deepEqual({ status: rest.status, requestId }, { status, requestId: problem.headers.get('x-request-id') });
      assert.match(String(title), / /, 'the title is a sentence');
    });
  }

  test('text that cannot be stored is an error of its field, with the other input kept', async () => {
    const form = await client.post('/tasks', { description: 'a\0b', notes: 'Kept as it was' });
    assert.equal(form.status, 422);
    assert.match(form.text, /This text contains a character that can’t be saved/);
    assert.match(form.text, /Kept as it was/);
    const layers: unknown = JSON.parse('['.repeat(1000) + ']'.repeat(1000));
    for (const description of ['\ud800', ['a\0b'], layers]) {
      assert.equal((await client.json('POST', '/tasks', { description })).status, 422);
    }
    assert.equal(await Task.count({ where: { notes: 'Kept as it was' } }), 0);
  });

  test('an invalid cookie counts as signed out', async () => {
    const name = cookieName(app.settings);
    for (const cookie of [
      `${name}=s%3A..%2F..`,
      `${name}=%E0%A4%A`,
      '=;=;;',
      `${name}=s%3Aabc.def`,
      `${name}=${'x'.repeat(4000)}`,
    ]) {
      const { status } = await new Client(app.url).request('GET', '/tasks', { headers: { cookie } });
      assert.equal(status, 303, cookie);
    }
  });

  test('_method overrides POST with DELETE, but not with other methods', async () => {
    assert.equal((await client.post('/tasks/999999', { _method: 'delete' })).status, 404);
    assert.equal((await client.post('/tasks', { _method: 'TRACE', description: 'Stays a POST' })).status, 303);
  });

  test("A37: an unexpected error is a 500 with the request's id, and its message is in the log only", async () => {
    await app.sequelize.query('ALTER TABLE categories RENAME TO elsewhere');
    const page = await client.get('/tasks');
    await app.sequelize.query('ALTER TABLE elsewhere RENAME TO categories');
    assert.equal(page.status, 500);
    assert.doesNotMatch(page.text, /categories|SELECT|node_modules|\.ts/);
    const line = await findLine(page.headers.get('x-request-id'));
    assert.equal(line.level, 'error');
    assert.match(line.err?.message ?? '', /relation .* does not exist/);
    assert.match(page.text, new RegExp(line.requestId ?? 'no id'));
  });
});

suite('With an https PUBLIC_URL', () => {
  before(async () => {
    app = await startApp({ publicUrl: new URL('https://tasks.example.com'), https: true, trustProxy: 1 });
  });
  after(() => app.close());

  test('HSTS is sent', async () => {
    const { headers } = await new Client(app.url).get('/login');
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000', 'nothing of subdomains');
    assert.match(headers.get('content-security-policy') ?? '', /upgrade-insecure-requests/);
  });

  test("a trusted proxy's request id is kept", async () => {
    const { headers } = await new Client(app.url).get('/login', {}, { 'x-request-id': 'from-the-proxy-1' });
    assert.equal(headers.get('x-request-id'), 'from-the-proxy-1');
  });
});
