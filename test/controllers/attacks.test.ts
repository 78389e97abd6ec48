import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { createLogger } from '../../src/lib/logger.ts';
import { Category, Task } from '../../src/models/index.ts';
import { routes } from '../../src/routes/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { routesOf } from '../support/routes.ts';
import { createWorld, type World } from '../support/world.ts';

let app: TestApp;
let world: World;
let written = '';
before(async () => {
  app = await startApp(
    {},
    createLogger(
      'debug',
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          written += chunk.toString();
          done();
        },
      }),
    ),
  );
  world = await createWorld(app);
  await Task.create({ listId: world.ana.list.id, userId: world.ana.user.id, description: 'Only for ana' });
  await Category.create({ listId: world.ana.list.id, name: { original: 'hers alone' }, color: 'red' });
});
after(() => app.close());

const everyRoute = routesOf(routes());
/** A path of the site with the first of everything, and with what it cannot be asked without. */
const atFirst = (path: string): string => path.replace(/:\w+/g, '1') + (path === '/lists/:id/events' ? '?since=0' : '');

describe('every route', () => {
  const open = [
    'GET /register',
    'POST /register',
    'GET /registrations/:token',
    'POST /registrations/:token',
    'GET /login',
    'POST /login',
    'POST /logout',
    'GET /invitations/:token',
    'GET /password-resets/new',
    'POST /password-resets',
    'GET /password-resets/:token',
    'PATCH /password-resets/:token',
  ];

  it('A16: requires sign-in, but for the account pages', async () => {
    for (const [method, path] of everyRoute) {
      if (open.includes(`${method} ${path}`)) continue;
      const { status, location } = await world.anon.request(
        method,
        atFirst(path),
        method === 'GET' ? {} : { form: {} },
      );
      assert.ok(
        status === 401 || (status === 303 && location?.startsWith('/login')),
        `${method} ${path}: ${String(status)}`,
      );
    }
  });

  it('A16: reveals nothing of other people by id', async () => {
    for (const [method, path] of everyRoute.filter(([, path]) => path.includes(':'))) {
      const { status, text } = await world.eve.client.request(
        method,
        atFirst(path),
        method === 'GET' ? {} : { form: { description: 'x', name: 'x', textRevision: '1' } },
      );
      assert.equal(status, 404, `${method} ${path}`);
      assert.doesNotMatch(text, /Only for ana|hers alone/);
    }
  });

  it('A20: shows no digest, no session and nobody else’s address on any page', async () => {
    for (const [, path] of everyRoute.filter(([method]) => method === 'GET')) {
      const { text } = await world.ana.client.request('GET', atFirst(path));
      for (const secret of [
        '$2b$',
        world.ana.sid,
        'eve@example.com',
        'passwordDigest',
        'password_digest',
        app.settings.sessionSecret,
      ])
        assert.ok(!text.includes(secret), `${path}: ${secret}`);
    }
  });

  it('A22: rejects invalid text in every field, and shows the form again', async () => {
    const deep = '['.repeat(40_000) + ']'.repeat(40_000);
    const fields = [
      'description',
      'notes',
      'dueOn',
      'priority',
      'categoryIds',
      'listId',
      'formKey',
      'textRevision',
      'name',
      'color',
      'locale',
      'currentPassword',
      'newPassword',
    ];
    const changing = [
      ['POST', '/tasks'],
      ['PATCH', '/tasks/1'],
      ['POST', '/categories'],
      ['PATCH', '/categories/1'],
      ['PATCH', '/settings/language'],
      ['PATCH', '/settings/password'],
    ] as const;
    const headers = { 'content-type': 'application/json' };
    for (const [method, path] of changing)
      for (const field of fields)
        for (const value of [
          '{"toString":1,"valueOf":1}',
          '[{"toString":1}]',
          deep,
          '{"length":1e9}',
          'null',
          'true',
          '-1',
        ]) {
          const { status } = await world.ana.client.request(method, path, { headers, body: `{"${field}":${value}}` });
          assert.equal(status, 422, `${method} ${path} ${field} ${value.slice(0, 30)}`);
        }
    assert.equal((await Task.findByPk(1))?.description, 'Only for ana');
  });

  it('A19: sets no reserved attribute of a category', async () => {
    const before = (await Category.findByPk(1))!.toJSON();
    assert.equal(
      (
        await world.ana.client.patch('/categories/1', {
          name: 'hers alone',
          color: 'red',
          id: '99',
          seed: 'true',
          createdAt: '2000-01-01',
          listId: String(world.eve.list.id),
        })
      ).status,
      303,
    );
    const after = (await Category.findByPk(1))!.toJSON();
    assert.deepEqual({ ...after, updatedAt: before.updatedAt }, before);
  });
});

describe('hostile requests', () => {
  it('A36: a compressed body is rejected, whatever is in it', async () => {
    const form = Buffer.concat([Buffer.from('description='), Buffer.alloc(20_000_000, 97)]);
    for (const [encoding, pack] of Object.entries({ gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync })) {
      assert.equal((await send(pack(form), encoding)).status, 415, encoding);
      assert.equal((await send(pack(Buffer.from('description=a')), encoding)).status, 415, encoding);
      assert.equal((await send(Buffer.from('description=a'), encoding)).status, 415, encoding);
    }
    assert.equal((await send(gzipSync(gzipSync('description=a')), 'gzip, gzip')).status, 415);
  });

  it('A36: the longest task is accepted', async () => {
    assert.equal(
      (await world.bob.client.post('/tasks', { description: '漢'.repeat(500), notes: '漢'.repeat(20_000) })).status,
      303,
    );
    assert.equal(
      (await world.bob.client.post('/tasks', { description: 'x', notes: '\r\n'.repeat(19_999) })).status,
      303,
    );
  });

  it('A25: an invalid request target is a bad request', async () => {
    for (const target of ['*', '//', '//evil.example', '//evil.example/..', 'http://evil.example:99999/tasks']) {
      const answer = await spoken(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 400 [^]*Content-Security-Policy: default-src 'self'/, target);
      assert.doesNotMatch(answer, /^Location:/m);
    }
  });

  it('A25: an error while sending a file is neither cached nor taken for the file', async () => {
    const refused: Record<string, string>[] = [{ 'if-match': '"x"' }, { range: 'bytes=99999999-' }];
    for (const headers of refused)
      for (const path of ['/favicon.svg', '/assets/manifest.json']) {
        const answer = await world.anon.request('GET', path, { headers });
        assert.ok(answer.status === 412 || answer.status === 416, String(answer.status));
        assert.deepEqual(
          ['cache-control', 'content-type', 'etag', 'last-modified'].map((name) => answer.headers.get(name)),
          ['no-store', 'text/html; charset=utf-8', null, null],
        );
      }
  });

  it('A42: only pages and built files are served', async () => {
    for (const path of [
      '/.git/config',
      '/.env',
      '/%2eenv',
      '/assets/.env',
      '/assets',
      '/assets/',
      '/assets/..%2f..%2fpackage.json',
      '/package.json',
      '/dist/server.js',
      '/src/app.ts',
      '/metrics',
      '/docs',
      '/admin',
      '/socket.io.js',
    ])
      assert.equal((await world.ana.client.get(path)).status, 404, path);
    // What other paths there say of websockets and the client that is served: test/realtime/programs.test.ts.
    for (const path of ['/socket.io/', '/socket.io/admin', '/socket.io/..%2fpackage.json', '/socket.io/package.json'])
      assert.equal((await world.ana.client.get(path)).status, 400, path);
    const { app: script = '' } =
      /(?<app>\/assets\/app-\w+\.js)/.exec((await world.anon.get('/login')).text)?.groups ?? {};
    assert.equal((await world.anon.get(`${script}.map`)).status, 404);
    assert.doesNotMatch((await world.anon.get(script)).text, /sourceMappingURL/);
    assert.match(
      await spoken(
        'TRACE /tasks HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: same-origin\r\nCookie: private=1\r\nConnection: close\r\n\r\n',
      ),
      /^HTTP\/1\.1 404 (?![^]*private=1)/,
    );
  });

  it('A23: a search for wildcards takes them literally, and is fast', async () => {
    for (const q of ['%'.repeat(200), '_'.repeat(200), '\\'.repeat(200), '(a+)+$']) {
      const start = performance.now();
      assert.doesNotMatch((await world.ana.client.get('/tasks', { q })).text, /Only for ana/);
      assert.ok(performance.now() - start < 1000, q);
    }
  });

  it('A39: no input can forge a log line', async () => {
    await world.ana.client.post('/tasks', { description: 'x\n{"level":"fatal","msg":"forged"}' });
    await world.ana.client.get(
      '/x%0a%7b%22level%22:%22fatal%22%7d',
      {},
      { 'user-agent': '{"level":"fatal"}', 'x-request-id': 'forged-id' },
    );
    const lines = written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; msg: string });
    assert.ok(lines.every(({ level, msg }) => level !== 'fatal' && msg !== 'forged'));
    assert.ok(!written.includes('forged'));
  });
});

async function send(body: Buffer, encoding: string): Promise<Response> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-encoding': encoding,
    'sec-fetch-site': 'same-origin',
    cookie: world.ana.client.cookieHeader,
  };
  return fetch(`${app.url}/tasks`, { method: 'POST', redirect: 'manual', headers, body: new Uint8Array(body) });
}

/** What is answered to a request as it stands here. */
async function spoken(text: string): Promise<string> {
  const socket = net.connect(Number(new URL(app.url).port), '127.0.0.1', () => socket.write(text));
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  await once(socket, 'close');
  return answer;
}
