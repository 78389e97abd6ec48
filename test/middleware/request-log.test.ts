import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { createLogger } from '../../src/lib/logger.ts';
import { randomToken } from '../../src/lib/random-token.ts';
import { routes } from '../../src/routes/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { eventually } from '../support/process.ts';
import { routesOf } from '../support/routes.ts';

let written = '';
const log = createLogger(
  'trace',
  new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.toString();
      done();
    },
  }),
);

/** Sends the path as it is, which fetch would normalize. @returns the log that the request caused */
async function logOf(app: TestApp, method: string, path: string, headers = {}): Promise<string> {
  const from = written.length;
  const { hostname, port } = new URL(app.url);
  const sent = request({ hostname, port, method, path, headers, agent: false });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  const id = String(response.headers['x-request-id']);
  await eventually(() => written.slice(from).includes(`"requestId":"${id}"`), `the log line of ${method} ${path}`);
  return written.slice(from);
}

describe('A53: a secret in an address', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({}, log);
  });
  after(() => app.close());

  const token = randomToken();
  const [encodedToken, twice] = [encoded(token), encoded(encoded(token))];
  const withToken = routesOf(routes()).filter(([, path]) => path.includes(':token'));

  it('is in some addresses', () => {
    assert.ok(withToken.length >= 8, String(withToken.length));
  });

  for (const [method, path] of withToken) {
    const prefix = path.replace(':token', '');
    const spellings: Record<string, string> = {
      'as it is': prefix + token,
      'in capitals': prefix.toUpperCase() + token,
      'with a trailing slash': `${prefix}${token}/`,
      'with a slash more': prefix.replace(/\/$/, '//') + token,
      'with slashes in front': `//${prefix}${token}`,
      'with a backslash': `${prefix.replace(/\/$/, '')}\\${token}`,
      'with an encoded name': `/${encoded(prefix.slice(1, -1))}/${token}`,
      'with an encoded slash': `${prefix.slice(0, -1)}%2F${token}`,
      'with an encoded token': prefix + encodedToken,
      'encoded twice': `/${encoded(encoded(prefix.slice(1, -1)))}/${twice}`,
      'with a query': `${prefix}${token}?lang=es`,
      'with more behind it': `${prefix}${token}/edit;x=1`,
      'beside what cannot be decoded': `${prefix}${token}%E0%A4%A`,
      'as a whole address': `http://localhost${prefix}${token}`,
      'with a mistyped name': `${prefix.slice(0, -2)}/${token}`,
      'below another path': `/x${prefix}${token}`,
    };
    it(`of ${method} ${path} is not logged, however it is spelt`, async () => {
      for (const [how, spelt] of Object.entries(spellings)) {
        const lines = await logOf(app, method, spelt);
        for (const secret of [token, encodedToken, twice]) assert.ok(!lines.includes(secret), `${how}: ${lines}`);
        assert.ok(lines.includes('…'), `${how}: ${lines}`);
      }
    });
  }

  it('is not logged from a Referer, nor from the query of another address', async () => {
    const referer = `${app.url}/password-resets/${token}`;
    for (const path of ['/login', `/login?next=/invitations/${token}`, '/no/such/page', '/tasks']) {
      const lines = await logOf(app, 'GET', path, { referer, referrer: referer, origin: app.url });
      assert.ok(!lines.includes(token), lines);
    }
  });

  it('leaves other addresses as they are', async () => {
    const paths = ['/tasks/12', '/password-resets/new', '/teams/3/members/4', '/assets/app-Z46I2NMB.js', '/caf%C3%A9'];
    for (const path of paths) assert.ok((await logOf(app, 'GET', path)).includes(`"path":"${path}"`), path);
  });
});

describe('A51: a forwarded address that is not trusted', () => {
  for (const { header, value } of [
    { header: 'x-forwarded-for', value: '192.0.2.1' },
    { header: 'forwarded', value: 'for=192.0.2.1' },
  ])
    it(`is warned of once, with the remedy (${header})`, async (t) => {
      const app = await startApp({ trustProxy: 0 }, log);
      t.after(() => app.close());
      const from = written.length;
      for (let n = 0; n < 3; n += 1) await logOf(app, 'GET', '/login', { [header]: value });
      const warnings = written
        .slice(from)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { level: string; msg: string; address?: string })
        .filter(({ level }) => level === 'warn');
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!.msg, /TRUST_PROXY=1/);
      assert.equal(warnings[0]!.address, '127.0.0.1');
    });

  it('is nothing to warn of behind as many proxies as are set, nor without one', async (t) => {
    const from = written.length;
    const app = await startApp({ trustProxy: 1 }, log);
    t.after(() => app.close());
    await logOf(app, 'GET', '/login', { 'x-forwarded-for': '192.0.2.1' });
    await logOf(app, 'GET', '/login');
    assert.doesNotMatch(written.slice(from), /TRUST_PROXY/);
  });
});

/** Every character as a percent-encoded byte. */
function encoded(text: string): string {
  return Buffer.from(text).reduce((all, byte) => `${all}%${byte.toString(16)}`, '');
}
