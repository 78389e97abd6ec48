import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Event, Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type ApiAnswer, type Program } from '../support/program.ts';
import { createPerson, type Person } from '../support/world.ts';
import { editTask } from '../../src/models/task/commands.ts';

interface Imported {
  insert: { row: number; id: number | null; description: string }[];
  update: { row: number; changed: string[] }[];
  unchanged: number;
  skip: { row: number; reason: string }[];
  wrong: { row: number; errors: { path: string; message: string }[] }[];
  remarks: { row: number; path: string; message: string }[];
  ignoredColumns: string[];
  categories: string[];
}

let app: TestApp;
let ana: Person;
let program: Program;
let people = 0;
before(async () => {
  app = await startApp({ rateLimits: false });
});
after(() => app.close());
beforeEach(async () => {
  ana = await createPerson(app, `ana${String(++people)}`);
  program = await programOf(app, ana);
});

const csv = (body: string, query: Record<string, string> = {}): Promise<ApiAnswer<Imported>> =>
  program.ask('POST', '/import', { body, query, headers: { 'content-type': 'text/csv' } });
const json = (body: unknown, query: Record<string, string> = {}): Promise<ApiAnswer<Imported>> =>
  program.ask('POST', '/import', { body: typeof body === 'string' ? body : JSON.stringify(body), query });
/** As the list shows them. */
const tasks = () =>
  Task.findAll({
    where: { listId: ana.list.id },
    include: ['categories'],
    order: [
      ['createdAt', 'DESC'],
      ['id', 'DESC'],
    ],
  });
const said = ({ body }: ApiAnswer): string[] =>
  ((body as { errors?: { message: string }[] }).errors ?? []).map(({ message }) => message);

describe('a CSV file', () => {
  it('is imported with columns recognized by their headers, in all our languages', async () => {
    const headers = [
      'Title,Details,Due date,Priority,Labels,Done',
      'Tarea,Notas,Fecha,Prioridad,Etiquetas,Hecha',
      '任务,备注,截止日期,优先级,标签,已完成',
      'المهمة,ملاحظات,تاريخ الاستحقاق,الأولوية,التصنيفات,تم',
    ];
    for (const [index, header] of headers.entries()) {
      const { status, body } = await csv(
        `${header}\nPaint ${String(index)},two coats,2026-12-01T10:00:00Z,high,"home, calls",yes\n`,
        { name: `list ${String(index)}` },
      );
      assert.deepEqual(
        [status, body.insert.map(({ row, description }) => [row, description])],
        [200, [[2, `Paint ${String(index)}`]]],
        header,
      );
    }
    for (const { notes, dueOn, priority, completed, categories } of await tasks()) {
      assert.deepEqual(
        [notes, dueOn, priority, completed, categories?.map(({ name }) => name.original).sort()],
        ['two coats', '2026-12-01', 3, true, ['calls', 'home']],
      );
    }
  });

  it('is imported with explicitly mapped columns', async () => {
    const file = 'Title;Name;When\nnot this;Paint;2026-12-01\n';
    await csv(file, { 'column[description]': 'Name', 'column[dueOn]': 'When' });
    assert.deepEqual(
      (await tasks()).map(({ description, dueOn }) => [description, dueOn]),
      [['Paint', '2026-12-01']],
    );
    await csv(file, { 'column[description]': 'Name', 'column[dueOn]': '', name: 'again' });
    assert.equal((await tasks())[0]?.dueOn, null);
    assertProblem(await csv(file, { 'column[description]': 'Nope' }), {
      status: 400,
      code: 105,
      paths: ['column[description]'],
    });
    assertProblem(await csv('a,b\n1,2\n'), { status: 422, code: 101, paths: ['column-description'] });
  });

  it('is idempotent; rows with a key update their tasks, rows without one do not', async () => {
    const keyed = (due: string) => `id,task,due\n7,Paint,${due}\n8,Sand,\n`;
    await csv(keyed('2026-12-01'));
    assert.deepEqual((await csv(keyed('2026-12-01'))).body.unchanged, 2);
    assert.deepEqual(
      (await csv(keyed('2026-12-02'))).body.update.map(({ row, changed }) => [row, changed]),
      [[2, ['dueOn']]],
    );
    assert.deepEqual((await csv(keyed('2026-12-03'), { update: 'false' })).body.unchanged, 2);
    const plain = 'task\nCall Bob\nCall Bob\nWait\n';
    assert.equal((await csv(plain, { name: 'plain' })).body.insert.length, 3, 'rows that are alike are two tasks');
    const [bob] = await Task.findAll({ where: { listId: ana.list.id, description: 'Call Bob' }, order: ['id'] });
    await editTask(bob!, ana.viewer, { description: 'Call Bob at noon' }, bob!.textRevision);
    const again = (await csv(plain, { name: 'plain' })).body;
    assert.deepEqual([again.insert, again.update, again.unchanged], [[], [], 3]);
  });

  it('can be previewed by a dry run', async () => {
    const { body } = await csv('task,due\nPaint,2026-12-01\n,2026-12-01\nSand,soon\n', { dryRun: 'true' });
    assert.deepEqual(
      [body.insert, body.wrong.map(({ row, errors }) => [row, errors.map(({ path }) => path)])],
      [
        [{ row: 2, id: null, description: 'Paint' }],
        [
          [3, ['description']],
          [4, ['dueOn']],
        ],
      ],
    );
    assert.equal(await Event.count({ where: { listId: ana.list.id } }), 0);
  });

  it('reports invalid rows and imports nothing, unless skipInvalid is set', async () => {
    const long = 'x'.repeat(501);
    const rows = [
      'id,task,notes,due,priority,done,done at,order,labels',
      '1,Fine,,,,,,,',
      '2,,,,,,,,',
      `3,${long},,,,,,,`,
      '4,x,,the 31st,,,,,',
      '5,x,,2026-02-30,,,,,',
      '6,Whatever,,,so so,,,,',
      '7,Perhaps,,,,maybe,,,',
      '8,x,,,,,,first,',
      `9,x,,,,,,,${'y'.repeat(61)}`,
      '1,Twice,,,,,,,',
      '10,Short',
      '11,Long,,,,,,,,too many',
      `${'z'.repeat(201)},x,,,,,,,`,
    ];
    const refused = await csv(rows.join('\n'));
    assertProblem(refused, {
      status: 422,
      code: 101,
      paths: [
        'rows.3.description',
        'rows.4.description',
        'rows.5.dueOn',
        'rows.6.dueOn',
        'rows.9.order',
        'rows.10.categories',
        'rows.11.id',
        'rows.14.id',
      ],
    });
    assert.ok(
      said(refused).every((message) => /[.!?]$/.test(message) && !message.includes('{{')),
      said(refused).join('\n'),
    );
    assert.deepEqual(await tasks(), []);
    const { body } = await csv(rows.join('\n'), { skipInvalid: 'true' });
    assert.deepEqual(
      [body.insert.map(({ description }) => description), body.wrong.length],
      [['Fine', 'Whatever', 'Perhaps', 'Short', 'Long'], 8],
    );
    assert.deepEqual(
      body.remarks.map(({ row, path }) => [row, path]),
      [
        [7, 'priority'],
        [8, 'completed'],
        [13, ''],
      ],
      'what is not understood is imported without it, and said',
    );
    assert.deepEqual(
      (await tasks()).map(({ notes, priority, completed }) => [notes, priority, completed]),
      [
        [null, 0, false],
        [null, 0, false],
        [null, 0, false],
        [null, 0, false],
        ['too many', 0, false],
      ],
    );
  });

  it('has its times read in the viewer’s time zone, or by their offset', async () => {
    await csv(
      'task,available from,completed at,done\nA,2026-07-01 09:30,2026-07-01T09:30:00+05:30,yes\nB,2026-07-01,,no\n',
    );
    const [a, b] = await tasks();
    assert.deepEqual(
      [a?.availableFrom?.toISOString(), a?.completedAt?.toISOString(), b?.availableFrom?.toISOString()],
      ['2026-07-01T07:30:00.000Z', '2026-07-01T04:00:00.000Z', '2026-06-30T22:00:00.000Z'],
    );
  });

  it('is accepted in UTF-16 with a byte order mark and in Windows-1252, and rejected in other encodings', async () => {
    const send = (bytes: Buffer) =>
      fetch(`${app.url}/api/v1/import`, {
        method: 'POST',
        body: new Uint8Array(bytes),
        headers: {
          authorization: `Bearer ${program.token ?? ''}`,
          'content-type': 'text/csv',
          'accept-language': 'en',
        },
      });
    const file = 'task\nGröße 尺寸\n';
    assert.equal((await send(Buffer.from(`\ufeff${file}`, 'utf16le'))).status, 200);
    assert.deepEqual(
      (await tasks()).map(({ description }) => description),
      ['Größe 尺寸'],
    );
    assert.equal((await send(Buffer.from('task\nGröße, señal\n', 'latin1'))).status, 200);
    assert.equal((await tasks())[0]?.description, 'Größe, señal');
    for (const bytes of [
      Buffer.from([...Buffer.from('task\n'), 0xc2, 0xf2, 0xc5, 0xa3, 0xc4, 0xcc, 0x0a]),
      Buffer.from(file, 'utf16le'),
      Buffer.from('PK\u0003\u0004\0\0a spreadsheet'),
    ]) {
      const answer = await send(bytes);
      assert.equal(answer.status, 422);
      assert.match(await answer.text(), /Save it as UTF-8/);
    }
  });

  it('is rejected if it is empty, truncated or malformed', async () => {
    const wrong: [string, RegExp][] = [
      ['', /no row/],
      ['task\n', /no row/],
      [' \n\n', /no row/],
      ['task,notes\nPaint,"cut o', /near row 2.*cut off/],
      ['task\n"Pa"int\n', /near row 2.*quotation mark|quotation mark near row 2/],
      [`task\n${'x'.repeat(150_000)}\n`, /row 2/],
      [`task${','.repeat(300)}\nx\n`, /more than 200 columns/],
      [`task\n${'x\n'.repeat(20_001)}`, /more than 20000 rows/],
    ];
    for (const [file, message] of wrong) {
      const answer = await csv(file);
      assertProblem(answer, { status: 422, code: 101, paths: ['file'] });
      assert.match(said(answer).join(), message);
    }
    assert.deepEqual(await tasks(), []);
  });

  it('A35: cannot pollute prototypes by its header', async () => {
    const { status } = await csv('__proto__,constructor,prototype,task\npolluted,polluted,polluted,Paint\n');
    assert.equal(status, 200);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assertProblem(await csv('task\nx\n', { 'column[__proto__]': 'task' }), {
      status: 400,
      code: 105,
      paths: ['column[__proto__]'],
    });
  });
});

describe('a JSON file', () => {
  const file = (...all: object[]) => ({
    format: 'taskwire',
    version: 1,
    list: { key: 'of-another' },
    categories: [],
    tasks: all,
  });

  it('is rejected if it is foreign, truncated, newer or too long', async () => {
    const wrong: [unknown, RegExp][] = [
      [JSON.stringify(file({ description: 'x' })).slice(0, -4), /incomplete or invalid/],
      ['{"a":1}', /Export it again/],
      ['[1,2]', /Export it again/],
      [{ ...file({ description: 'x' }), version: 2 }, /newer version of Taskwire/],
      [file(), /no row/],
      [file(...Array.from({ length: 20_001 }, () => ({ description: 'x' }))), /more than 20000 rows/],
      ['null', /Export it again/],
    ];
    for (const [body, message] of wrong) {
      const answer = await json(body);
      assertProblem(answer, { status: 422, code: 101, paths: ['file'] });
      assert.match(said(answer).join(), message);
    }
  });

  it('has invalid tasks reported one by one', async () => {
    const answer = await json(
      file(
        { id: 1, description: 'Fine' },
        { id: 2 },
        { id: 3, description: 'x', dueOn: 'soon', priority: 9 },
        { id: 1, description: 'Twice' },
        null as unknown as object,
        { id: 4, description: 'half \ud800' },
      ),
    );
    assertProblem(answer, {
      status: 422,
      code: 101,
      paths: [
        'rows.2.description',
        'rows.3.dueOn',
        'rows.3.priority',
        'rows.4.id',
        'rows.5.description',
        'rows.6.description',
      ],
    });
    assert.deepEqual(await tasks(), []);
  });

  it('A35: cannot pollute prototypes or set unknown attributes', async () => {
    const text =
      '{"format":"taskwire","version":1,"list":{"key":"x"},"__proto__":{"polluted":1},"tasks":[{"id":1,"description":"Paint","__proto__":{"polluted":1},"userId":1,"seed":true,"constructor":{"prototype":{"polluted":1}}}]}';
    assert.equal((await json(text)).status, 200);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    const [task] = await tasks();
    assert.deepEqual([task?.userId, task?.seed, task?.externalProvider], [ana.user.id, false, 'import:taskwire-x']);
  });
});

describe('any file', () => {
  it('A36: is rejected above 20 MB, of another media type, and without the write scope', async () => {
    const large = await csv(`task,notes\n${`x,${'y'.repeat(1000)}\n`.repeat(21_000)}`);
    assertProblem(large, { status: 422, code: 101, paths: ['file'] });
    assert.match(said(large).join(), /more than 20000 rows|larger than 20 MB/);
    const wide = await csv(`task,notes\n${`x,${'y'.repeat(15_000)}\n`.repeat(1500)}`);
    assert.match(said(wide).join(), /larger than 20 MB/);
    assertProblem(await program.ask('POST', '/import', { body: 'x', headers: { 'content-type': 'application/zip' } }), {
      status: 415,
      code: 109,
    });
    const reader = await programOf(app, ana, ['read']);
    assertProblem(await reader.ask('POST', '/import', { body: 'task\nx', headers: { 'content-type': 'text/csv' } }), {
      status: 403,
      code: 103,
    });
  });

  it('A16: is not imported into somebody else’s list', async () => {
    const bob = await createPerson(app, `bob${String(people)}`);
    assertProblem(await csv('task\nx\n', { listId: String(bob.list.id) }), {
      status: 422,
      code: 101,
      paths: ['listId'],
    });
    assert.equal(await Task.count({ where: { listId: bob.list.id } }), 0);
  });

  it('of 20 MB is read in bounded memory', async () => {
    const line = `Task of a large file,${'notes '.repeat(300)}\n`;
    const body = `task,notes\n${line.repeat(Math.floor((20 * 1024 * 1024 - 20) / line.length))}`;
    global.gc?.();
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 5);
    const { status, body: answer } = await csv(body, { dryRun: 'true' });
    clearInterval(watch);
    assert.deepEqual([status, answer.wrong.length], [200, 0]);
    assert.ok(
      most < 400 * 1024 * 1024,
      `${String(Math.round(most / 1024 / 1024))} MB, the client's copies of the file among them`,
    );
  });
});
