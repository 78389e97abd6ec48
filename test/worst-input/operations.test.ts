import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { z } from 'zod';
import { operations } from '../../src/api/operations/index.ts';
import type { Operation } from '../../src/api/operation.ts';
import { api } from '../access-matrix/api.ts';
import { createFixtures, type Fixtures } from '../access-matrix/fixtures.ts';
import { createResource } from '../access-matrix/resources.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertCheap } from '../support/cost.ts';
import { jsonShapes } from './shapes.ts';

/** The default limit of a body. */
const BODY_BYTES = 192 * 1024;
/** Node refuses longer request lines. */
const QUERY_BYTES = 14_000;

suite('A45: an operation of the API, with the worst input that fits', () => {
  let app: TestApp;
  let fixtures: Fixtures;
  before(async () => {
    app = await startApp({ rateLimits: false });
    fixtures = await createFixtures(app);
  });
  after(() => app.close());

  const addressOf = async ({ method, path }: Operation): Promise<string> => {
    const { on } = api[`${method.toUpperCase()} ${path}`] ?? {};
    const params = await createResource(on, 'own', fixtures, 'administrator');
    return `${app.url}/api/v1${path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '')}`;
  };
  const send = async (
    { method, scope }: Operation,
    address: string,
    { body, headers }: { body?: string | Buffer<ArrayBuffer>; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; text: string }> => {
    const response = await fetch(address, {
      method: method.toUpperCase(),
      headers: {
        'content-type': 'application/json',
        ...(scope && { authorization: fixtures.actors.administrator.authorization ?? '' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, text: await response.text() };
  };
  const keysOf = (schema: z.ZodType | undefined): string[] =>
    Object.keys((schema as { shape?: object } | undefined)?.shape ?? {});

  for (const operation of operations) {
    const { method, path, body, rows, query } = operation;
    const name = `${method.toUpperCase()} ${path}`;
    if (body)
      test(`${name} refuses every body soon, and in few words`, async () => {
        const address = await addressOf(operation);
        const long = rows && { field: rows.field, fields: keysOf((rows.row as z.ZodPipe).in as z.ZodType) };
        for (const [shape, text] of jsonShapes(rows?.bytes ?? BODY_BYTES, keysOf(body), long)) {
          const bytes = Buffer.from(text);
          const answer = await assertCheap(`${name}: ${shape}`, () => send(operation, address, { body: bytes }));
          assert.ok(answer.status >= 400 && answer.status < 500, `${shape}: ${String(answer.status)}`);
          assert.ok(answer.text.length < 50_000, `${shape}: an answer of ${String(answer.text.length)} bytes`);
        }
      });
    if (body || operation.reads)
      test(`${name} takes no compressed body`, async () => {
        const address = await addressOf(operation);
        for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip', 'GZIP']) {
          const answer = await send(operation, address, {
            body: gzipSync(`{"description":"x"}`),
            headers: { 'content-encoding': encoding, 'accept-language': 'en' },
          });
          assert.equal(answer.status, 415, encoding);
          assert.match(answer.text, /Send the body uncompressed/);
        }
      });
    test(`${name} refuses every query soon, and in few words`, async () => {
      const address = await addressOf(operation);
      const many = Array.from({ length: QUERY_BYTES / 8 }, (_, n) => `k${String(n)}=1`).join('&');
      const parts = keysOf(query);
      const queries = [many.slice(0, QUERY_BYTES), ...parts.map((part) => `${part}=${','.repeat(QUERY_BYTES - 100)}`)];
      for (const text of queries) {
        const answer = await assertCheap(`${name}?${text.slice(0, 30)}`, () => send(operation, `${address}?${text}`));
        assert.ok(answer.status < 500, `${text.slice(0, 30)}: ${String(answer.status)}`);
        assert.ok(text !== queries[0] || answer.status >= 400, `${text.slice(0, 30)}: ${String(answer.status)}`);
        assert.ok(answer.status < 400 || answer.text.length < 50_000, text.slice(0, 30));
      }
    });
  }
});
