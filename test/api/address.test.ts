import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { startApp, type TestApp } from '../support/app.ts';
import { programOf, type Program } from '../support/program.ts';
import { createWorld } from '../support/world.ts';

let app: TestApp;
let ana: Program;
before(async () => {
  app = await startApp({ publicUrl: new URL('https://tasks.example.com') });
  ana = await programOf(app, (await createWorld(app)).ana);
});
after(() => app.close());

it('A27: every URL in a response is public, whatever the Host header', async () => {
  const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
  const base = 'https://tasks.example.com/api/v1';
  for (const [path, field] of [
    ['/tasks', 'description'],
    ['/categories', 'name'],
  ] as const) {
    const created = await ana.post<{ id: number; url: string }>(path, { [field]: 'x' }, headers);
    assert.deepEqual(
      { url: created.body.url, location: created.headers.get('location') },
      { url: `${base}${path}/${String(created.body.id)}`, location: created.body.url },
    );
    await ana.post(path, { [field]: 'y' }, headers);
    const list = await ana.get<{ url: string }[]>(path, { limit: '1' }, headers);
    assert.ok(list.headers.get('link')?.startsWith(`<${base}${path}?limit=1&after=`));
    assert.ok(list.body[0]?.url.startsWith(`${base}${path}/`));
  }
  assert.ok((await ana.get<{ url: string }[]>('/lists', {}, headers)).body[0]?.url.startsWith(`${base}/lists/`));
});
