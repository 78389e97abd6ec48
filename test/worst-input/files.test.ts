import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { limits } from '../../src/shared/limits.ts';
import { actorOf } from '../access-matrix/fixtures.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertCheap } from '../support/cost.ts';
import { createPerson, type Person } from '../support/world.ts';
import { filled, jsonShapes, texts } from './shapes.ts';

const BYTES = limits.importBytes - 2000;
const head = `"format":"taskwire","version":1,"list":{"key":"abc"}`;

type Way = 'api' | 'page';

function* files(): Generator<[name: string, type: string, ways: readonly Way[], content: () => string]> {
  const fields = ['format', 'version', 'list', 'categories', 'tasks'];
  const row = ['id', 'description', 'notes', 'completed', 'dueOn', 'order', 'categories', 'deletedAt'];
  const json = Array.from(jsonShapes(BYTES - 200, fields, { field: 'tasks', fields: row })).filter(
    ([, text]) => text.startsWith('{') && text.length < BYTES,
  );
  // Both read files by the same code: they take turns.
  for (const [n, [name, text]] of json.entries()) {
    const [way, other] = n % 2 === 0 ? (['api', 'page'] as const) : (['page', 'api'] as const);
    yield [`${name} in JSON`, 'application/json', [way], () => text];
    yield [`${name} in an export`, 'application/json', [other], () => `{${head},${text.slice(1)}`];
  }
  const rows = (line: string): string => filled(`${line}\n`, BYTES - 200);
  const columns = 'Title,Notes,Due date,Priority,Labels,Completed at,Position,Id';
  const csv: Record<string, () => string> = {
    'rows of commas': () => `${columns}\n${rows(`x${','.repeat(199)}`)}`,
    'long rows of commas': () => `${columns}\n${rows(`x${','.repeat(99_000)}`)}`,
    'rows of tiny cells': () => `${columns}\n${rows('ab,'.repeat(199))}`,
    'rows in which everything is wrong': () => `${columns}\n${rows(`,${'x'.repeat(1100)},32/13/2026,x,a,x,x`)}`,
    'rows with too long texts': () => `${columns}\n${rows(`${'x'.repeat(900)},,x,,,x,x,${'k'.repeat(300)}`)}`,
    'rows of too many categories': () => `${columns}\n${rows(`x,,,,"${'c,'.repeat(600)}"`)}`,
    'many columns': () => `${filled('Title,', 90_000)}\n${filled('x\n', BYTES - 100_000)}`,
    'an open quotation mark': () => `${columns}\n"${rows('x')}`,
    'nothing but quotation marks': () => filled('"', BYTES),
    'rows of quoted cells': () => rows('"",""'),
  };
  for (const [name, content] of Object.entries(csv)) yield [`${name} in CSV`, 'text/csv', ['api', 'page'], content];
  for (const [n, [name, unit]] of Object.entries(texts).entries())
    yield [
      `cells of ${name} in CSV`,
      'text/csv',
      [n % 2 === 0 ? 'api' : 'page'],
      () => `Title,Due date\n${rows(`"${filled(unit, 90_000)}",x`)}`,
    ];
}

suite('A45: a file of the largest size, made of the worst', () => {
  let app: TestApp;
  let person: Person;
  let authorization: string;
  before(async () => {
    app = await startApp({ rateLimits: false });
    person = await createPerson(app, 'Ana');
    authorization = (await actorOf(person)).authorization ?? '';
  });
  after(() => app.close());

  const boundary = 'a-boundary';
  const part = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="tasks"\r\n\r\n`;

  const send = async (way: Way, type: string, bytes: Buffer): Promise<{ status: number; length: number }> => {
    const [address, headers, body] =
      way === 'api'
        ? ['/api/v1/import', { 'content-type': type, authorization }, bytes]
        : [
            '/settings/import',
            {
              'content-type': `multipart/form-data; boundary=${boundary}`,
              'sec-fetch-site': 'same-origin',
              cookie: person.client.cookieHeader,
            },
            Buffer.concat([Buffer.from(part), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
          ];
    const response = await fetch(app.url + address, {
      method: 'POST',
      redirect: 'manual',
      headers: headers as Record<string, string>,
      body: body as Buffer<ArrayBuffer>,
    });
    return { status: response.status, length: (await response.arrayBuffer()).byteLength };
  };

  for (const [name, type, ways, content] of files()) {
    test(`${name} is refused soon, by the ${ways.join(' and the ')}`, async () => {
      const bytes = Buffer.from(content());
      assert.ok(bytes.length <= limits.importBytes);
      for (const way of ways) {
        const { status, length } = await assertCheap(`${name}, ${way}`, () => send(way, type, bytes));
        // On the page, rows with errors are shown in a preview, which has a page of its own.
        assert.ok((status >= 400 && status < 500) || (way === 'page' && status === 303), `${String(status)} ${way}`);
        assert.ok(length < 200_000, `an answer of ${String(length)} bytes`);
      }
    });
  }
});
