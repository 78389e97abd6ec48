import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { openStage, type Stage } from '../support/browser.ts';

describe('A43: a page of another site that frames ours', () => {
  let stage: Stage;
  let origin: string;
  /** Of another origin: its port differs. */
  const site = createServer((req, res) => {
    res.setHeader('content-type', 'text/html');
    const framed = new URL(req.url ?? '/', 'http://site.invalid').searchParams.get('page') ?? '';
    res.end(`<!doctype html><title>Elsewhere</title><iframe src="${framed}"></iframe>`);
  });
  before(async () => {
    stage = await openStage();
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    origin = `http://127.0.0.1:${String((site.address() as AddressInfo).port)}`;
  });
  after(async () => {
    site.close();
    await stage.close();
  });

  it('shows nothing of it, signed in or not', async () => {
    const page = await (await stage.window(stage.world.ana)).newPage();
    const shown = async (address: string): Promise<string> => {
      await page.goto(`${origin}/?page=${encodeURIComponent(address)}`);
      const frame = page.frames()[1] ?? assert.fail('there is no frame');
      return frame.evaluate<string>('document.body ? document.body.innerText : ""');
    };
    assert.match(await shown(`${origin}/`), /^$/, 'a page that may be framed');
    for (const path of ['/tasks', '/login', '/settings/password', '/no-such-page', '/api/docs', '/favicon.svg']) {
      const text = await shown(stage.app.url + path);
      assert.ok(!/Taskwire|Password|Sign in|Search/.test(text), `${path}: ${text.slice(0, 80)}`);
      assert.equal(page.frames()[1]?.url(), 'chrome-error://chromewebdata/', path);
    }
    stage.errors.length = 0;
  });
});
