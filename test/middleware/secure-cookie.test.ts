import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startApp, type TestApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { createWorld, worldPassword } from '../support/world.ts';

describe('with an https PUBLIC_URL', () => {
  let app: TestApp;
  before(async () => {
    app = await startApp({
      publicUrl: new URL('https://tasks.example.com'),
      https: true,
      hstsSubdomains: true,
      trustProxy: 1,
    });
    await createWorld(app);
  });
  after(() => app.close());

  it('A4: the cookie is for this host and https only', async () => {
    const ways: Record<string, string>[] = [{ 'x-forwarded-proto': 'https', 'x-forwarded-for': '192.0.2.7' }, {}];
    for (const headers of ways) {
      const client = new Client(app.url);
      const { status, headers: answered } = await client.post(
        '/login',
        { email: 'ana@example.com', password: worldPassword },
        headers,
      );
      assert.equal(status, 303);
      const [cookie] = answered.getSetCookie();
      assert.match(cookie!, /^__Host-taskwire\.sid=s%3A/);
      const flags = cookie!
        .split('; ')
        .slice(1)
        .map((flag) => flag.replace(/^Expires=.*/, 'Expires'));
      assert.deepEqual(flags.sort(), ['Expires', 'HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']);
      assert.equal((await client.get('/settings')).status, 200);
      assert.match(
        (await client.post('/logout')).headers.getSetCookie()[0]!,
        /^__Host-taskwire\.sid=; Path=\/; Expires=Thu, 01 Jan 1970.*Secure/,
      );
    }
  });

  it('HSTS covers the subdomains where HSTS_SUBDOMAINS asks for it', async () => {
    const { headers } = await new Client(app.url).get('/login');
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000; includeSubDomains');
  });

  it('only pages of PUBLIC_URL may change something', async () => {
    const from = (origin: string) => new Client(app.url).post('/logout', {}, { 'sec-fetch-site': null, origin });
    assert.equal((await from('https://tasks.example.com')).status, 303);
    for (const origin of [
      app.url,
      'http://tasks.example.com',
      'https://tasks.example.com:8443',
      'https://tasks.example.com.evil.example',
      'null',
    ])
      assert.equal((await from(origin)).status, 403, origin);
  });
});
