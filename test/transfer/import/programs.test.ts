/** Files as other programs export them: made for this test, with the layouts and value forms of those programs. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { Task } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { programOf, type ApiAnswer } from '../../support/program.ts';
import { createPerson, type Person } from '../../support/world.ts';

interface Imported {
  insert: { row: number; description: string }[];
  skip: { row: number; reason: string }[];
  wrong: { row: number; errors: { path: string; message: string }[] }[];
  remarks: { row: number; path: string; message: string }[];
  ignoredColumns: string[];
}

interface Expected {
  /** What each task is, in the order of the list; what is left out is empty. */
  tasks: {
    title: string;
    notes?: string;
    due?: string;
    priority?: number;
    labels?: string[];
    /** `yes`, or when. */
    done?: string;
    id?: string;
  }[];
  skipped?: [row: number, reason: string][];
  remarks?: [row: number, path: string][];
  ignored?: string[];
}

const folder = new URL('../../../test/transfer/import/fixtures/', import.meta.url);

const expected: Record<string, Expected> = {
  todoist: {
    tasks: [
      {
        title: 'Order paving stones',
        notes: 'Grey, 40 x 40\n\nThe shop closes at two.',
        due: '2026-12-05',
        priority: 3,
        labels: ['garden', 'spring'],
      },
      { title: 'Mend the tap', notes: 'every monday at 9am', labels: ['Kitchen'] },
      { title: 'Buy a washer', due: '2026-12-07', priority: 2, labels: ['Kitchen'] },
    ],
    skipped: [
      [2, 'meta'],
      [4, 'note'],
      [6, 'section'],
    ],
    remarks: [[7, 'dueOn']],
    ignored: ['INDENT', 'AUTHOR', 'DATE_LANG', 'TIMEZONE', 'DURATION', 'DURATION_UNIT', 'DEADLINE', 'DEADLINE_LANG'],
  },
  ticktick: {
    tasks: [
      {
        title: 'Descale the kettle',
        notes: 'Vinegar, then rinse\ntwice',
        due: '2026-12-06',
        priority: 3,
        labels: ['kitchen', 'weekend'],
        id: '1',
      },
      { title: 'Return the drill', due: '2026-12-01', priority: 2, done: '2026-11-29T17:05:00.000Z', id: '2' },
      { title: 'Learn the zither', done: 'yes', id: '3' },
    ],
    skipped: [
      [1, 'preamble'],
      [2, 'preamble'],
      [3, 'preamble'],
    ],
    ignored: [
      'Folder Name',
      'List Name',
      'Kind',
      'Is Check list',
      'Start Date',
      'Created Time',
      'Timezone',
      'Is All Day',
      'Is Floating',
      'View Mode',
    ],
  },
  trello: {
    tasks: [
      {
        title: 'Hang the shelf',
        notes: 'Spirit level is in the **cellar**',
        due: '2026-12-05',
        labels: ['At home', 'Tools'],
        id: '66f1a0',
      },
      { title: 'Sell the old table', labels: ['red_dark'], done: 'yes', id: '66f1a1' },
    ],
  },
  'microsoft-to-do': {
    tasks: [
      {
        title: 'Renew the passport',
        notes: 'Photo first',
        due: '2026-12-13',
        priority: 3,
        labels: ['Papers', 'Red category'],
      },
      { title: 'Post the form', due: '2027-01-04' },
      { title: 'Pay the fee', priority: 1, done: '2026-11-24T23:00:00.000Z' },
    ],
  },
  planner: {
    tasks: [
      {
        title: 'Book the van',
        notes: 'Two days, with a lift',
        due: '2026-12-18',
        priority: 3,
        labels: ['Money'],
        id: 'q1W2e3',
      },
      { title: 'Pack books', due: '2026-12-05', priority: 2, id: 'r4T5y6' },
      {
        title: 'Cancel the power',
        due: '2026-11-28',
        priority: 3,
        labels: ['Money'],
        done: '2026-11-26T23:00:00.000Z',
        id: 'u7I8o9',
      },
    ],
    skipped: [
      [1, 'preamble'],
      [2, 'preamble'],
      [3, 'preamble'],
    ],
  },
  asana: {
    tasks: [
      {
        title: 'Draft the invitation',
        notes: 'First line\nSecond line, with a comma',
        due: '2026-12-05',
        priority: 3,
        labels: ['Print', 'Spring fair'],
        id: '1205001',
      },
      { title: 'Find a printer', done: '2026-11-18T23:00:00.000Z', id: '1205002' },
      { title: 'Ask the band', due: '2026-12-31', priority: 1, id: '1205003' },
    ],
  },
  jira: {
    tasks: [
      {
        title: 'Login page flickers',
        notes: 'Seen in *two* browsers.',
        due: '2026-12-05',
        priority: 3,
        labels: ['frontend', 'regression'],
        id: 'WEB-12',
      },
      { title: 'Remove the old banner', priority: 1, done: '2026-11-21T15:00:00.000Z', id: 'WEB-13' },
      { title: 'Write the changelog', due: '2026-12-31', priority: 2, labels: ['docs'], id: 'WEB-14' },
    ],
  },
  notion: {
    tasks: [
      { title: 'Read the contract', due: '2026-12-05', priority: 3, labels: ['papers'] },
      { title: 'Call the notary', due: '2026-12-07', labels: ['papers', 'phone'] },
      { title: 'Plan the party', due: '2026-12-13', priority: 1, done: 'yes' },
    ],
    ignored: ['Owner'],
  },
  'google-tasks': {
    tasks: [
      { title: 'Water the ferns', notes: 'Only a little', due: '2026-12-05', labels: ['My Tasks'] },
      { title: 'Feed the cat', done: '2026-11-20T09:30:00.000Z', labels: ['My Tasks'] },
    ],
    ignored: ['Status', 'Updated'],
  },
  vikunja: {
    tasks: [
      { title: 'Wax the skis', notes: '<p>Cold wax</p>', due: '2026-12-05', priority: 3, labels: ['winter'], id: '41' },
      { title: 'Sell the sledge', done: '2026-11-29T17:05:00.000Z', id: '42' },
    ],
  },
  kanboard: {
    tasks: [
      { title: 'Sharpen the spade', due: '2026-12-05', labels: ['Tools'], id: '7' },
      { title: 'Clear the gutter', done: '2026-11-27T23:00:00.000Z', id: '8' },
    ],
  },
  'jira-es': {
    tasks: [
      {
        title: 'Revisar la calefacción',
        notes: 'Pedir tres presupuestos, no dos',
        due: '2026-12-31',
        priority: 3,
        labels: ['casa'],
        id: 'CASA-1',
      },
      { title: 'Podar el níspero', due: '2026-12-05', priority: 1, labels: ['jardín'], done: 'yes', id: 'CASA-2' },
    ],
  },
  'planner-zh': {
    tasks: [
      { title: '预订搬家车', notes: '两天，带升降机', due: '2026-12-18', priority: 3, labels: ['搬家'], id: 'z1' },
      { title: '打包书籍', due: '2026-12-05', priority: 2, done: '2026-11-28T23:00:00.000Z', id: 'z2' },
    ],
  },
  'notion-ar': {
    tasks: [
      { title: 'تجديد جواز السفر', notes: 'الصورة أولاً', due: '2026-12-05', priority: 3, labels: ['أوراق', 'سفر'] },
      { title: 'دفع الرسوم', priority: 1, done: 'yes' },
    ],
  },
};

describe('A file of another program', () => {
  let app: TestApp;
  let people = 0;
  before(async () => {
    app = await startApp({ rateLimits: false });
  });
  after(() => app.close());

  const importInto = async (person: Person, body: Buffer): Promise<ApiAnswer<Imported>> => {
    const { token } = await programOf(app, person);
    const response = await fetch(`${app.url}/api/v1/import`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers: { authorization: `Bearer ${token ?? ''}`, 'content-type': 'text/csv', 'accept-language': 'en' },
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Imported };
  };

  it('is tried for every fixture', async () => {
    assert.deepEqual(
      (await readdir(folder)).map((name) => name.replace('.csv', '')).sort(),
      Object.keys(expected).sort(),
    );
  });

  for (const [name, { tasks, skipped = [], remarks = [], ignored }] of Object.entries(expected)) {
    it(`is read whole: ${name}`, async () => {
      const person = await createPerson(app, `reader${String(++people)}`);
      const file = await readFile(new URL(`${name}.csv`, folder));
      const { status, body } = await importInto(person, file);
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(body.wrong, []);
      const page = await (
        await programOf(app, person)
      ).get<object[]>('/tasks', { include: 'categories', 'filter[status]': 'all' });
      assert.deepEqual(
        (page.body as (Record<string, unknown> & { categories: { name: { original: string } }[] })[]).map((task) => ({
          title: task.description,
          notes: task.notes ?? '',
          due: task.dueOn ?? '',
          priority: task.priority,
          labels: task.categories.map(({ name: { original } }) => original).sort(),
          done: task.completedAt,
          id: task.externalId,
        })),
        tasks.map(({ title, notes = '', due = '', priority = 0, labels = [], done, id }, n) => {
          const stored = (page.body as { completedAt: string | null; externalId: string }[])[n];
          return {
            title,
            notes,
            due,
            priority,
            labels,
            done: done === 'yes' ? (stored?.completedAt ?? 'not done') : (done ?? null),
            id: id ?? (stored?.externalId.startsWith('title-') ? stored.externalId : 'an id of its own'),
          };
        }),
      );
      assert.deepEqual(
        body.skip.map(({ row, reason }) => [row, reason]),
        skipped,
      );
      assert.deepEqual(
        body.remarks.map(({ row, path }) => [row, path]),
        remarks,
      );
      if (ignored) assert.deepEqual(body.ignoredColumns, ignored);

      const again = await importInto(person, file);
      assert.deepEqual(
        [again.body.insert, await Task.count({ where: { listId: person.list.id } })],
        [[], tasks.length],
      );
    });
  }
});
