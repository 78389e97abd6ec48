import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fromLocalTime, toLocalTime } from '../../../src/lib/local-time.ts';
import { translators } from '../../../src/locales/index.ts';
import { Task } from '../../../src/models/index.ts';
import { locales } from '../../../src/shared/limits.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import type { Form } from '../../support/client.ts';
import { createWorld, type World } from '../../support/world.ts';
import { createTask } from '../../../src/models/task/commands.ts';

const HOUR = 3_600_000;
const ZONE = 'Europe/Madrid';
let app: TestApp;
let world: World;

before(async () => {
  app = await startApp();
  world = await createWorld(app);
});
after(() => app.close());

/** What the field holds where ana lives, so many hours from now. */
const inHours = (hours: number): string => toLocalTime(new Date(Date.now() + hours * HOUR), ZONE);
const last = (): Promise<Task> =>
  Task.findOne({ where: { listId: world.ana.list.id }, order: [['id', 'DESC']], rejectOnEmpty: true });
const page = async (path: string): Promise<string> => (await world.ana.client.get(path)).text;
const lists = async (status: string, { id }: Task): Promise<boolean> =>
  (await page(`/tasks?status=${status}`)).includes(`data-task="${String(id)}"`);

async function written(form: Form): Promise<Task> {
  assert.equal((await world.ana.client.post('/tasks', { description: 'Water the plants', ...form })).status, 303);
  return last();
}

const edited = async (task: Task, form: Form): Promise<Task> => {
  assert.equal(
    (
      await world.ana.client.patch(`/tasks/${String(task.id)}`, {
        description: task.description,
        textRevision: String(task.textRevision),
        ...form,
      })
    ).status,
    303,
  );
  return task.reload();
};

const field = (text: string, name: string): string | undefined =>
  /value="([^"]*)"/.exec(new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(text)?.[0] ?? '')?.[1];

describe('the availability window in the form', () => {
  it("uses the person's time zone", async () => {
    const task = await written({ availableFrom: '2027-07-01T09:30', availableUntil: '2027-12-01T09:30' });
    assert.deepEqual(
      [task.availableFrom?.toISOString(), task.availableUntil?.toISOString()],
      ['2027-07-01T07:30:00.000Z', '2027-12-01T08:30:00.000Z'],
    );
    const form = await page(`/tasks/${String(task.id)}/edit`);
    assert.deepEqual(
      [field(form, 'availableFrom'), field(form, 'availableUntil')],
      ['2027-07-01T09:30', '2027-12-01T09:30'],
    );
    assert.match(form, /Time zone: Europe\/Madrid/);
  });

  it('is optional and can be cleared', async () => {
    assert.deepEqual(
      [(await written({})).availableFrom, (await written({ availableFrom: '', availableUntil: '' })).availableUntil],
      [null, null],
    );
    const task = await written({ availableFrom: inHours(1), availableUntil: inHours(2) });
    const freed = await edited(task, { availableFrom: '', availableUntil: '' });
    assert.deepEqual([freed.availableFrom, freed.availableUntil, freed.available], [null, null, true]);
  });

  it('moves a skipped time forward, and takes the first of an ambiguous time', async () => {
    const task = await written({ availableFrom: '2027-03-28T02:30', availableUntil: '2027-10-31T02:30' });
    assert.deepEqual(
      [task.availableFrom?.toISOString(), task.availableUntil?.toISOString()],
      ['2027-03-28T01:30:00.000Z', '2027-10-31T00:30:00.000Z'],
    );
    assert.equal(field(await page(`/tasks/${String(task.id)}/edit`), 'availableFrom'), '2027-03-28T03:30');
  });

  it('is not changed by an unchanged form: neither seconds nor the second of an ambiguous time', async () => {
    const window = {
      availableFrom: new Date('2027-10-31T01:30:00Z'),
      availableUntil: new Date('2028-01-01T10:00:30.250Z'),
    };
    const task = await createTask(world.ana.viewer, { listId: world.ana.list.id, description: 'x', ...window });
    const form = await page(`/tasks/${String(task.id)}/edit`);
    const saved = await edited(task, {
      availableFrom: field(form, 'availableFrom') ?? '',
      availableUntil: field(form, 'availableUntil') ?? '',
      priority: '1',
    });
    assert.deepEqual(
      [saved.availableFrom, saved.availableUntil, saved.priority],
      [window.availableFrom, window.availableUntil, 1],
    );
    assert.deepEqual(
      (await edited(task, { availableFrom: '2027-10-31T02:31' })).availableFrom,
      fromLocalTime('2027-10-31T02:31', ZONE),
    );
  });

  it('is rejected with an error beside the field, and the input kept', async () => {
    const refusals: [Form, string, RegExp][] = [
      [{ availableFrom: '2027-02-30T10:00' }, 'availableFrom', /Enter a valid date and time/],
      [{ availableFrom: 'soon' }, 'availableFrom', /Enter a valid date and time/],
      [{ availableUntil: '0000-01-01T00:00' }, 'availableUntil', /Enter a valid date and time/],
      [{ availableUntil: '99999-01-01T00:00' }, 'availableUntil', /Enter a valid date and time/],
      [
        { availableFrom: '2030-06-01T10:00', availableUntil: '2030-06-01T09:59' },
        'availableUntil',
        /The end must be after the start/,
      ],
      [
        { availableFrom: '2030-06-01T10:00', availableUntil: '2030-06-01T10:00' },
        'availableUntil',
        /The end must be after the start/,
      ],
      [{ availableUntil: inHours(-1) }, 'availableUntil', /The end must be after the start/],
    ];
    const { client } = world.ana;
    const task = await written({});
    const before = await Task.count();
    for (const [form, name, sentence] of refusals) {
      const typed = { description: 'Kept as typed', ...form };
      for (const answer of [
        await client.post('/tasks', typed),
        await client.patch(`/tasks/${String(task.id)}`, { ...typed, textRevision: '1' }),
      ]) {
        assert.equal(answer.status, 422);
        assert.match(
          new RegExp(`id="${name}-error"[^>]*>([^<]*)`).exec(answer.text)?.[1] ?? '',
          sentence,
          JSON.stringify(form),
        );
        for (const [input, value] of Object.entries(typed)) assert.equal(field(answer.text, input), value);
      }
    }
    assert.deepEqual([await Task.count(), (await task.reload()).revision], [before, 1]);
    assert.equal((await client.post('/tasks', { description: 'x', availableFrom: ['a', 'b'] })).status, 422);
  });
});

describe('a task that is not available yet', () => {
  it('is listed under "Scheduled" with its time, and its author gets a notice', async () => {
    const task = await written({
      description: 'Wrap the presents',
      availableFrom: inHours(48),
      availableUntil: inHours(72),
    });
    const list = await page('/tasks');
    assert.match(/data-flash[\s\S]*?<\/div>/.exec(list)?.[0] ?? '', /“Wrap the presents” is under “Scheduled”/);
    const [, href = ''] = /data-flash[\s\S]*?<a href="([^"]+)">Show scheduled tasks/.exec(list) ?? [];
    const scheduled = await page(href.replaceAll('&amp;', '&'));
    assert.match(
      scheduled,
      new RegExp(
        `data-task="${String(task.id)}"[\\s\\S]*?From \\w{3} \\d+ \\w{3}[^<]*, \\d\\d:\\d\\d[\\s\\S]*?Until \\w{3} \\d+ \\w{3}`,
      ),
    );
    assert.doesNotMatch(await page('/tasks'), /Wrap the presents/);
    assert.doesNotMatch(await page('/tasks?sort=due'), /Wrap the presents/);
    const shown = await page(`/tasks/${String(task.id)}`);
    assert.match(shown, /This task is scheduled and not on the list now/);
    assert.match(
      shown,
      new RegExp(`Show from[\\s\\S]*?datetime="${String(task.availableFrom?.toISOString())}"[\\s\\S]*?Show until`),
    );
  });

  it('does not count as open', async () => {
    const count = async (): Promise<string | undefined> => /data-open="(\d+)"/.exec(await page('/tasks'))?.[1];
    const before = await count();
    await written({ availableFrom: inHours(5) });
    assert.equal(await count(), before);
  });

  it('leaves "Scheduled" when completed, and returns when reopened', async () => {
    const task = await written({ availableFrom: inHours(5) });
    await world.ana.client.post(`/tasks/${String(task.id)}/completion`);
    assert.deepEqual([await lists('scheduled', task), await lists('done', task)], [false, true]);
    await world.ana.client.delete(`/tasks/${String(task.id)}/completion`);
    assert.deepEqual([await lists('scheduled', task), await lists('done', task)], [true, false]);
  });

  it("shows its times in the viewer's language", async () => {
    await written({ availableFrom: inHours(-1), availableUntil: inHours(1) });
    for (const locale of locales) {
      const [before = '', after = ''] = translators[locale]('row.until', { when: '|' }).split('|');
      assert.match(
        await page(`/tasks?lang=${locale}`),
        new RegExp(`<span class="due">${before}[^<|]*\\d\\d:\\d\\d${after}</span>`),
      );
    }
  });
});
