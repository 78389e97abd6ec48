import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Event, Task } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import type { Answer } from '../../support/client.ts';
import { upload, type ChosenFile } from '../../support/upload.ts';
import { createPerson, createWorld, type Person, type World } from '../../support/world.ts';
import { createTask } from '../../../src/models/task/commands.ts';

let app: TestApp;
let world: World;
let ana: Person;
let people = 0;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());
beforeEach(async () => {
  ana = await createPerson(app, `ana${String(++people)}`);
});

const file = (content: ChosenFile['content'], name = 'tasks.csv'): ChosenFile => ({ name, content });
const send = (
  chosen: ChosenFile | null,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answer> => upload(ana.client, '/settings/import', chosen, fields, headers);
const digestIn = ({ text }: Answer): string => /name="digest" value="([\w-]+)"/.exec(text)?.[1] ?? '';
const countsIn = ({ text }: Answer): number[] => [...text.matchAll(/<dd>([\d,]+)<\/dd>/g)].map(([, n]) => Number(n));
const errorsIn = ({ text }: Answer): string[] =>
  [...text.matchAll(/<small class="wrong" id="([\w-]+)-error">/g)].map(([, field = '']) => field);
const described = async (): Promise<string[]> =>
  (await Task.findAll({ where: { listId: ana.list.id }, order: ['id'] })).map(({ description }) => description);

describe('the import page', () => {
  it('previews without changing anything, and then imports', async () => {
    const chosen = file('Title,Deadline\nPaint,2026-12-01\nSand,soon\n');
    const looked = await send(chosen, { name: '' });
    assert.equal(looked.status, 200);
    assert.deepEqual(countsIn(looked), [1, 0, 0, 0, 1]);
    assert.match(looked.text, /Enter a valid date/);
    assert.match(looked.text, /<option value="1" selected(="selected")?>Deadline<\/option>/);
    assert.equal(await Event.count({ where: { listId: ana.list.id } }), 0);

    const columns = { 'column-description': '0', 'column-dueOn': '1' };
    const stopped = await send(chosen, { step: 'import', digest: digestIn(looked), ...columns });
    assert.equal(stopped.status, 200);
    assert.deepEqual(await described(), [], 'the wrong row stops it');
    const done = await send(chosen, { step: 'import', digest: digestIn(looked), skipInvalid: 'on', ...columns });
    assert.deepEqual([done.status, done.location], [303, '/settings/import']);
    assert.match(
      (await ana.client.get('/settings/import')).text,
      /Import complete\. Added: 1\. Updated: 0\. Unchanged: 0\. Skipped: 1\./,
    );
    assert.deepEqual(await described(), ['Paint']);
  });

  it('lets people match columns that the header does not name', async () => {
    const chosen = file('a,b\nPaint,two coats\n');
    const looked = await send(chosen);
    assert.equal(looked.status, 422);
    assert.deepEqual(errorsIn(looked), ['column-description']);
    const again = await send(chosen, { digest: digestIn(looked), 'column-description': '0', 'column-notes': '1' });
    assert.deepEqual(countsIn(again), [1, 0, 0, 0, 0]);
    await send(chosen, { step: 'import', digest: digestIn(looked), 'column-description': '0', 'column-notes': '1' });
    assert.deepEqual(
      (await Task.findAll({ where: { listId: ana.list.id } })).map(({ description, notes }) => [description, notes]),
      [['Paint', 'two coats']],
    );
  });

  it('imports nothing without a preview', async () => {
    const looked = await send(file('task\nPaint\n'));
    const other = await send(file('task\nAnother\n'), {
      step: 'import',
      digest: digestIn(looked),
      'column-description': '0',
    });
    assert.match(other.text, /not the file you previewed/);
    assert.deepEqual(countsIn(await send(file('task\nPaint\n'), { step: 'import' })), [1, 0, 0, 0, 0]);
    assert.deepEqual(await described(), []);
  });

  it('takes the source from the file name, without dates and numbers', async () => {
    for (const name of ['Helpdesk-2026-11-01.csv', 'helpdesk 2026-11-02 (1).CSV', '..\\x/Helpdesk.csv']) {
      const chosen = file('id,task\n1,Paint\n', name);
      await send(chosen, {
        step: 'import',
        digest: digestIn(await send(chosen)),
        'column-id': '0',
        'column-description': '1',
      });
    }
    assert.deepEqual(
      (await Task.findAll({ where: { listId: ana.list.id } })).map(({ externalProvider }) => externalProvider),
      ['import:helpdesk'],
    );
  });

  it('asks how ambiguous dates are read, shows them so, and remembers the answer', async () => {
    const chosen = file('Title,Due\nPaint,03/04/2026\n');
    const options = ({ text }: Answer) =>
      [
        ...(/<select id="dates".*?<\/select>/s.exec(text)?.[0].matchAll(/<option value="(\w+)"( selected)?/g) ?? []),
      ].map(([, value, selected]) => (selected ? `${value ?? ''}*` : value));
    const looked = await send(chosen, {}, { 'accept-language': 'en-US' });
    assert.match(looked.text, /Dates like 03\/04\/2026/);
    assert.deepEqual(options(looked), ['dmy', 'mdy*']);
    assert.match(looked.text, /Due: Wed 4 Mar/);
    const british = await send(chosen, {}, { 'accept-language': 'en-GB' });
    assert.deepEqual(options(british), ['dmy*', 'mdy']);
    assert.match(british.text, /Due: Fri 3 Apr/);

    const columns = { 'column-description': '0', 'column-dueOn': '1' };
    const chose = await send(
      chosen,
      { digest: digestIn(british), dates: 'mdy', ...columns },
      { 'accept-language': 'en-GB' },
    );
    assert.match(chose.text, /Due: Wed 4 Mar/);
    await send(chosen, { step: 'import', digest: digestIn(british), dates: 'mdy', ...columns });
    assert.equal((await Task.findOne({ where: { listId: ana.list.id } }))?.dueOn, '2026-03-04');
    const next = await send(file('Title,Due\nSand,05/06/2026\n'), {}, { 'accept-language': 'en-GB' });
    assert.deepEqual(options(next), ['dmy', 'mdy*'], 'as last time');
    const told = await send(file('Title,Due\nSand,05/06/2026\nOil,31/12/2026\n'), {});
    assert.deepEqual(options(told), ['dmy*', 'mdy'], 'the file tells');
    assert.deepEqual(options(await send(file('Title,Due\nSand,2026-06-05\n'), {})), []);
  });

  it('shows the first tasks as they will be, which are updated, what is left out and why, and every remark', async () => {
    const first = file(
      '"Report, made on Monday"\nTitle,Details,State,Importance,Labels,Owner,When\nPaint,,,,,,\n',
      'x.csv',
    );
    const send1 = await send(first);
    const columns = {
      'column-description': '0',
      'column-notes': '1',
      'column-completed': '2',
      'column-priority': '3',
      'column-categories': '4',
    };
    await send(first, { step: 'import', digest: digestIn(send1), ...columns });
    const looked = await send(
      file(
        '"Report, made on Tuesday"\nTitle,Details,State,Importance,Labels,Owner,When\nPaint,Two coats,Icebox,high,"home, work",Ana,\nSand,,Icebox,,,,\nOil,,done,,,,soon\n',
        'x.csv',
      ),
      { update: 'on' },
    );
    const text = looked.text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    for (const expected of [
      /Columns not imported: Owner/,
      /Row 3 and 1 more row: Done \(yes or no\): “Icebox” is not a known state\. Imported as open\./,
      /Rows with errors Row 5 Oil Due: Enter a valid date/,
      /Tasks that will be updated Row 3 Paint Priority: High Categories: home, work Notes: Two coats Changes: Notes, Priority, Categories/,
      /The first tasks as they will be Row 3 Paint .* Row 4 Sand/,
      /Rows not imported as tasks Row 1 Report, made on Tuesday Comes before the header\./,
    ])
      assert.match(text, expected);
    assert.deepEqual(countsIn(looked), [1, 1, 0, 1, 1]);
  });

  it("shows a file's error beside the field", async () => {
    const wrong: [ChosenFile | null, RegExp][] = [
      [null, /Choose a file/],
      [file(''), /no row/],
      [file('task\n"cut'), /cut off/],
      [file(new Uint8Array([0x74, 0x0a, 0xc2, 0xf2, 0xc5, 0xa3, 0xc4, 0xcc])), /UTF-8/],
      [file('{"a":', 'x.json'), /incomplete or invalid/],
      [file(new Uint8Array(20 * 1024 * 1024 + 100).fill(0x78)), /larger than 20 MB|longer than 100000 characters/],
    ];
    for (const [chosen, message] of wrong) {
      const answer = await send(chosen);
      assert.equal(answer.status, 422);
      assert.deepEqual(errorsIn(answer), ['file']);
      assert.match(answer.text, message);
    }
  });

  it('A22: rejects malformed forms without a 500', async () => {
    const { client } = ana;
    const forms: Record<string, string>[] = [
      { listId: 'x' },
      { step: 'drop' },
      { 'column-description': '-1' },
      { 'column-description': '999' },
      { name: 'x'.repeat(500) },
      { digest: 'x'.repeat(500) },
      { update: 'yes' },
      { __proto__x: '1', 'column-__proto__': '1' },
    ];
    for (const fields of forms)
      assert.ok([200, 422].includes((await send(file('task\nPaint\n'), fields)).status), JSON.stringify(fields));
    for (const [type, body] of [
      ['multipart/form-data', 'x'],
      ['multipart/form-data; boundary=x', '--x\r\nbroken'],
      ['text/plain', 'x'],
      ['application/json', '{}'],
    ] as const) {
      assert.equal(
        (await client.request('POST', '/settings/import', { body, headers: { 'content-type': type } })).status,
        400,
        type,
      );
    }
    assert.equal((await send(file('task\nx\n'), { listId: String(world.bob.list.id) })).status, 422);
    assert.deepEqual(await described(), []);
  });

  it('A24: escapes text from files', async () => {
    const payload = '<script>window.__xss=1</script>"><img src=x onerror=alert(1)>';
    const answer = await send(
      file(
        `task,${payload.replaceAll('"', '')},labels\n"${payload.replaceAll('"', '""')}",x,"${payload.replaceAll('"', '""').slice(0, 40)}"\n`,
        `${payload.replaceAll('/', '')}.csv`,
      ),
    );
    assert.equal(answer.status, 200);
    assert.match(answer.text, /&lt;script&gt;window/);
    assert.doesNotMatch(answer.text, /<script>window|<img/);
  });

  it("streams progress and the result as NDJSON to the page's script", async () => {
    const chosen = file(`task\n${Array.from({ length: 2500 }, (_, n) => `Task ${String(n)}`).join('\n')}\n`);
    const lines = { accept: 'application/x-ndjson' };
    const looked = await send(chosen, {}, lines);
    assert.match(looked.headers.get('content-type') ?? '', /^application\/x-ndjson/);
    const { html } = JSON.parse(looked.text) as { html: string };
    const done = await send(
      chosen,
      { step: 'import', digest: digestIn({ ...looked, text: html }), 'column-description': '0' },
      lines,
    );
    assert.deepEqual(
      done.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
      [
        { done: 1000, total: 2500 },
        { done: 2000, total: 2500 },
        { done: 2500, total: 2500 },
        { location: '/settings/import' },
      ],
    );
  });

  it('requires sign-in', async () => {
    assert.equal((await world.anon.get('/settings/import')).status, 303);
    assert.equal((await world.anon.get('/settings/export')).status, 303);
    assert.equal((await upload(world.anon, '/settings/import', file('task\nx\n'))).status, 401);
  });
});

describe('the export from the settings', () => {
  it('downloads one’s own list only', async () => {
    await createTask(ana.viewer, { listId: ana.list.id, description: '=Paint' });
    const json = await ana.client.get('/settings/export', { format: 'json' });
    assert.match(json.headers.get('content-disposition') ?? '', /^attachment; filename="taskwire-.*\.json"/);
    assert.match(json.headers.get('cache-control') ?? '', /no-store/);
    assert.deepEqual(
      (JSON.parse(json.text) as { tasks: { description: string }[] }).tasks.map(({ description }) => description),
      ['=Paint'],
    );
    assert.match((await ana.client.get('/settings/export', { format: 'csv', trash: 'on' })).text, /,'=Paint,/);
    assert.equal((await ana.client.get('/settings/export', { listId: String(world.bob.list.id) })).status, 404);
    assert.equal((await ana.client.get('/settings/export', { format: 'exe' })).status, 400);
  });
});
