import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Task } from '../../../src/models/index.ts';
import { editTask, moveToTrash } from '../../../src/models/task/commands.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { assertProblem, programOf, type ApiAnswer, type Program } from '../../support/program.ts';
import { createPerson, type Person } from '../../support/world.ts';

interface Imported {
  insert: { row: number; id: number | null; description: string }[];
  update: { row: number; id: number; description: string; changed: string[] }[];
  unchanged: number;
  skip: { row: number; description: string; reason: string }[];
  remarks: { row: number; path: string; message: string }[];
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
/** As the list shows them. */
const listed = async (): Promise<Task[]> =>
  Task.findAll({
    where: { listId: ana.list.id },
    order: [
      ['createdAt', 'DESC'],
      ['id', 'DESC'],
    ],
  });
const brief = (tasks: Task[]) => tasks.map(({ id, description, dueOn }) => [id, description, dueOn]);

describe('The order of an imported file', () => {
  it('is that of the list, over all batches and pages', async () => {
    const titles = Array.from({ length: 1234 }, (_, n) => `Step ${String(n + 1)}`);
    await csv(`task\n${titles.join('\n')}\n`);
    assert.deepEqual(
      (await listed()).map(({ description }) => description),
      titles,
    );
    const page = await ana.client.get('/tasks');
    assert.deepEqual(
      [...page.text.matchAll(/Step (\d+)</g)].slice(0, 5).map(([, n]) => n),
      ['1', '2', '3', '4', '5'],
    );
  });
});

describe('A corrected file', () => {
  it('changes the tasks that have its titles, and leaves the others', async () => {
    await csv('title,due,notes\nPaint,2026-12-01,white\nSand,,\nOil,2026-12-03,\n');
    const before = await listed();
    const { body } = await csv('Title;Due date\nSand;5 Dec 2026\nPaint;2026-12-01\nWax;\n');
    assert.deepEqual(
      [
        body.update.map(({ row, id, changed }) => [row, id, changed]),
        body.insert.map(({ row }) => row),
        body.unchanged,
      ],
      [[[2, before[1]?.id, ['dueOn']]], [4], 1],
    );
    assert.deepEqual(brief(await listed()), [
      [body.insert[0]?.id, 'Wax', null],
      [before[0]?.id, 'Paint', '2026-12-01'],
      [before[1]?.id, 'Sand', '2026-12-05'],
      [before[2]?.id, 'Oil', '2026-12-03'],
    ]);
    assert.equal((await listed())[1]?.notes, 'white', 'a column that the file lacks changes nothing');
  });

  it('pairs several rows of one title by what they hold, and then in their order', async () => {
    await csv('title,due\nCall,2026-12-01\nCall,2026-12-02\nCall,2026-12-03\n');
    const [first, second, third] = await listed();
    const gone = await csv('title,due\nCall,2026-12-02\nCall,2026-12-03\n');
    assert.deepEqual([gone.body.update, gone.body.insert, gone.body.unchanged], [[], [], 2]);
    const moved = await csv('title,due\nCall,2026-12-05\nCall,2026-12-02\nCall,2026-12-03\nCall,2026-12-04\n');
    assert.deepEqual(
      [moved.body.update.map(({ row, id }) => [row, id]), moved.body.insert.map(({ row }) => row)],
      [[[2, first?.id]], [5]],
    );
    assert.deepEqual(
      (await listed()).slice(1).map(({ id, dueOn }) => [id, dueOn]),
      [
        [first?.id, '2026-12-05'],
        [second?.id, '2026-12-02'],
        [third?.id, '2026-12-03'],
      ],
    );
    assert.equal(
      (await csv('title,due\nCall,2026-12-05\nCall,2026-12-02\nCall,2026-12-03\nCall,2026-12-04\n')).body.unchanged,
      4,
    );
  });

  it('keeps a title that a person has changed since, and finds the task by either', async () => {
    await csv('title,due\nPaint,\nSand,\n');
    const [paint] = await listed();
    await editTask(paint!, ana.viewer, { description: 'Paint the door' }, paint!.textRevision);
    const { body } = await csv('title,due\nPaint,2026-12-01\n');
    assert.deepEqual(
      [body.insert.length, body.update.map(({ id, changed }) => [id, changed])],
      [0, [[paint?.id, ['dueOn']]]],
    );
    assert.equal((await csv('title,due\nPaint the door,2026-12-02\n')).body.update[0]?.id, paint?.id);
    assert.deepEqual(
      (await listed()).map(({ description }) => description),
      ['Paint the door', 'Sand'],
    );
  });

  it('changes the title of a task that it knows by its id, and finds by title what had no id', async () => {
    await csv('title\nPaint\nSand\n');
    const before = await listed();
    const withIds = await csv('id,title\n7,Paint\n8,Oil\n');
    assert.deepEqual([withIds.body.unchanged, withIds.body.insert.map(({ row }) => row)], [1, [3]]);
    const renamed = await csv('id,title\n8,Oil the hinges\n9,Sand\n');
    assert.deepEqual(
      [renamed.body.update.map(({ changed }) => changed), renamed.body.unchanged],
      [[['description']], 1],
    );
    assert.deepEqual(
      (await listed()).map(({ description }) => description),
      ['Oil the hinges', 'Paint', 'Sand'],
    );
    assert.deepEqual(
      (await listed()).slice(1).map(({ id }) => id),
      before.map(({ id }) => id),
    );
    const twins = await csv('id,title\n20,Twin\n21,Twin\n');
    assert.equal(twins.body.insert.length, 2);
    assert.deepEqual(
      (await csv('id,title\n21,Twin\n22,Twin\n')).body.insert.map(({ row }) => row),
      [3],
      'other ids, other tasks',
    );
    assert.equal((await csv('title\nTwin\n')).body.unchanged, 1, 'without ids, by title');
  });

  it('changes nothing of another source, brings back what is in the trash, and does not update where it may not', async () => {
    await csv('title,due\nPaint,\n');
    assert.equal((await csv('title,due\nPaint,2026-12-01\n', { name: 'other' })).body.insert.length, 1);
    const [, paint] = await listed();
    assert.equal((await csv('title,due\nPaint,2026-12-02\n', { update: 'false' })).body.unchanged, 1);
    await moveToTrash(paint!, ana.viewer);
    assert.deepEqual(
      (await csv('title,due\nPaint,2026-12-02\n')).body.update.map(({ id, changed }) => [id, changed]),
      [[paint?.id, ['dueOn', 'deletedAt']]],
    );
  });

  it('of thousands of rows with one title is paired without delay', async () => {
    const file = `title\n${'Again\n'.repeat(6000)}`;
    assert.equal((await csv(file)).body.insert.length, 6000);
    assert.equal((await csv(file)).body.unchanged, 6000);
    assert.equal((await csv(`${file}Again\n`)).body.insert.length, 1);
  });
});

describe('A date of a file', () => {
  it('with an offset is the day in the person’s zone, without one it stays', async () => {
    await ana.user.update({ timeZone: 'America/Los_Angeles' });
    await csv(
      'task,due\nA,2026-12-05T01:00:00Z\nB,2026-12-05T01:00:00\nC,"December 5, 2026 11:30 PM (GMT-8)"\nD,5/12/2026 23:59\nE,2026-12-05 01:00:00 +0900\n',
      { dates: 'dmy' },
    );
    assert.deepEqual(
      (await listed()).map(({ dueOn }) => dueOn),
      ['2026-12-04', '2026-12-05', '2026-12-05', '2026-12-05', '2026-12-04'],
    );
  });

  it('that only its order tells is an error, unless it is said or other dates of the file tell', async () => {
    const refused = await csv('task,due\nA,03/04/2026\nB,05/05/2026\n');
    assertProblem(refused, { status: 422, code: 101, paths: ['rows.2.dueOn'] });
    assert.match(JSON.stringify(refused.body), /03\/04\/2026 can be 2026-04-03 or 2026-03-04/);
    assertProblem(await csv('task,due\nA,31/12/2026\nB,12/31/2026\nC,03/04/2026\n'), {
      status: 422,
      code: 101,
      paths: ['rows.4.dueOn'],
    });
    for (const [name, rest, query, day] of [
      ['said', '', { dates: 'mdy' }, '2026-03-04'],
      ['said otherwise', '', { dates: 'dmy' }, '2026-04-03'],
      ['told', 'B,31/12/2026\n', {}, '2026-04-03'],
      ['told otherwise', 'B,12/31/2026\n', {}, '2026-03-04'],
      ['said against what is told', 'B,12/31/2026\n', { dates: 'dmy' }, '2026-04-03'],
    ] as const) {
      await csv(`task,due\nA ${name},03/04/2026\n${rest}`, { name, ...query });
      const task = await Task.findOne({ where: { listId: ana.list.id, description: `A ${name}` } });
      assert.equal(task?.dueOn, day, name);
    }
    assertProblem(await csv('task,due\nA,\n', { dates: 'md' }), { status: 400, code: 105, paths: ['dates'] });
  });

  it('that stands for none is none, and a year that nobody means is an error', async () => {
    await csv('task,due\nA,0001-01-01T00:00:00Z\nB,None\nC,—\nD,1/1/4501\n');
    assert.deepEqual(
      (await listed()).map(({ dueOn }) => dueOn),
      [null, null, null, null],
    );
    assertProblem(await csv('task,due\nA,0026-04-12\nB,1448-06-15\n'), {
      status: 422,
      code: 101,
      paths: ['rows.2.dueOn', 'rows.3.dueOn'],
    });
  });
});

describe('A row of a file', () => {
  it('may be short, long, empty or all of one column, and nothing of it is lost', async () => {
    const { body } = await csv('Title,Notes,Due\nShort\n,,\nLong,one,2026-12-05,two,,three\n  ,\nLast,,\n', {
      name: 'a',
    });
    assert.deepEqual(
      (await listed()).map(({ description, notes }) => [description, notes]),
      [
        ['Short', null],
        ['Long', 'one\n\ntwo\nthree'],
        ['Last', null],
      ],
    );
    assert.deepEqual(
      body.remarks.map(({ row }) => row),
      [4],
    );
    await csv('task\nBuy milk, eggs; bread\n"Quoted, too"\n', { name: 'b' });
    assert.deepEqual(
      (await listed()).slice(0, 2).map(({ description }) => description),
      ['Buy milk, eggs; bread', 'Quoted, too'],
    );
  });

  it('of a kind is a section, a note or a setting only where all kinds are known', async () => {
    const { body } = await csv(
      'Tipo;Título;Notas\nnota;sin tarea;\nsección;Cocina;\ntarea;Grifo;gotea\nnota;Llamar antes;\n',
      { name: 'a' },
    );
    assert.deepEqual(
      body.skip.map(({ row, reason }) => [row, reason]),
      [
        [2, 'noteAlone'],
        [3, 'section'],
        [5, 'note'],
      ],
    );
    assert.deepEqual(
      (await listed()).map(({ description, notes }) => [description, notes]),
      [['Grifo', 'gotea\n\nLlamar antes']],
    );
    const other = await csv('Type,Title\nBug,Crash\nNote,Write it down\n', { name: 'b' });
    assert.equal(other.body.insert.length, 2);
  });

  it('has its title in one line, whatever it holds', async () => {
    await csv('title\n"Buy\r\nmilk\n\nand eggs"\n');
    assert.deepEqual(
      (await listed()).map(({ description }) => description),
      ['Buy milk and eggs'],
    );
  });
});

describe('A large file', () => {
  it('is read while others are served', async () => {
    const row = `2026-12-05,high,"home, work",${'notes '.repeat(120)}`;
    const file = `title,due,priority,labels,notes\n${Array.from({ length: 20_000 }, (_, n) => `Task ${String(n)},${row}`).join('\n')}\n`;
    let answered = 0;
    const importing = csv(file, { dryRun: 'true' });
    let isOver = false;
    void importing.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      assert.equal((await fetch(`${app.url}/healthz`)).status, 200);
      answered += 1;
    }
    assert.equal((await importing).body.insert.length, 20_000);
    assert.ok(answered > 20, `${String(answered)} others were answered meanwhile`);
  });
});
