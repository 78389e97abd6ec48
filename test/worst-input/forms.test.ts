import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createApp } from '../../src/app.ts';
import { projectDir } from '../../src/config/env.ts';
import { createLogger } from '../../src/lib/logger.ts';
import { createFixtures, type Fixtures } from '../access-matrix/fixtures.ts';
import { pages } from '../access-matrix/pages.ts';
import { createResource } from '../access-matrix/resources.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { assertCheap } from '../support/cost.ts';
import { routesOf } from '../support/routes.ts';
import { signedIn } from '../support/world.ts';
import { formShapes, jsonShapes } from './shapes.ts';

const URLENCODED = 'application/x-www-form-urlencoded';
/** The limit of a body. */
const BYTES = 192 * 1024;

/** The names of fields in the views, and in the schemas of the controllers. */
function fieldNames(): string[] {
  const textsIn = (folder: string): string[] =>
    readdirSync(path.join(projectDir, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(pug|ts)$/.test(file))
      .map((file) => readFileSync(path.join(projectDir, folder, file), 'utf8'));
  const inViews = textsIn('views').flatMap((text) => [...text.matchAll(/\bname='(\w+)'/g)]);
  const inSchemas = textsIn('src/controllers')
    .flatMap((text) => [...text.matchAll(/(?:object|extend)\(\{(.*?)\}\)/gs)])
    .flatMap(([, fields = '']) => [...fields.matchAll(/(\w+):/g)]);
  return [...new Set([...inViews, ...inSchemas].map(([, name = '']) => name))].filter((name) => !name.startsWith('_'));
}

suite('A45: a form, with the worst input that fits', () => {
  let app: TestApp;
  let fixtures: Fixtures;
  let forms: string[];
  const fields = fieldNames();
  before(async () => {
    app = await startApp({ rateLimits: false });
    fixtures = await createFixtures(app);
    const { settings, sequelize } = app;
    forms = routesOf(createApp({ settings, sequelize, log: createLogger('silent') }).router)
      .filter(([method, at]) => method !== 'GET' && !at.startsWith('/api/'))
      .map((route) => route.join(' '));
  });
  after(() => app.close());

  const routes = Object.keys(pages).filter((route) => !route.startsWith('GET'));

  test('is every one that the routing table knows, with the fields of its view', () => {
    assert.deepEqual(routes.toSorted(), forms.toSorted());
    for (const field of ['description', 'categoryIds', 'notes', 'email', 'newPassword', 'shown', 'availableFrom'])
      assert.ok(fields.includes(field), `${field} of ${fields.join()}`);
  });

  async function formOf(route: string): Promise<{ address: string; method: string; cookie: string }> {
    const [method = '', at = ''] = route.split(' ');
    const { on } = pages[route] ?? {};
    const role = route.includes('/admin/') ? 'administrator' : 'owner';
    const params = await createResource(on, 'own', fixtures, role);
    const { person } = fixtures.actors[role];
    const isVisitor = ['POST /register', 'POST /login'].includes(route);
    const client = isVisitor ? new Client(app.url) : (await signedIn(app, person!.user, person!.list)).client;
    const address = app.url + at.replace(/:(\w+)/g, (_, name: string) => params[name] ?? '');
    return { address, method, cookie: client.cookieHeader };
  }

  async function send(
    { address, method, cookie }: Awaited<ReturnType<typeof formOf>>,
    body: string | Buffer<ArrayBuffer>,
    headers: Record<string, string>,
  ): Promise<number> {
    const own = { 'content-type': URLENCODED, 'sec-fetch-site': 'same-origin', cookie };
    const response = await fetch(address, { method, redirect: 'manual', headers: { ...own, ...headers }, body });
    await response.arrayBuffer();
    return response.status;
  }

  for (const route of routes.filter((each) => each !== 'POST /settings/import')) {
    test(`${route} refuses it soon, unless it needs nothing`, async () => {
      let form = await formOf(route);
      const takesNothing = (await send(form, '', {})) < 400;
      if (takesNothing) form = await formOf(route);
      const check = async (shape: string, body: string, headers: Record<string, string> = {}): Promise<void> => {
        const bytes = Buffer.from(body);
        const status = await assertCheap(`${route}: ${shape}`, () => send(form, bytes, headers));
        assert.ok(status < 500 && (takesNothing || status >= 400), `${shape}: ${String(status)}`);
        if (status < 400) form = await formOf(route);
      };
      for (const [shape, body] of formShapes(BYTES, fields)) await check(shape, body);
      for (const [shape, body] of Array.from(jsonShapes(BYTES, fields)).slice(0, 6))
        await check(shape, body, { 'content-type': 'application/json' });
      assert.equal(await send(form, gzipSync('name=x'), { 'content-encoding': 'gzip' }), 415);
    });
  }
});
