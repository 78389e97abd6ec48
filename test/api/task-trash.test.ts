import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld } from '../support/world.ts';

interface Shown {
  id: number;
  description: string;
  deletedAt: string | null;
}

let app: TestApp;
let ana: Program;
before(async () => {
  app = await startApp();
  ana = await programOf(app, (await createWorld(app)).ana);
});
after(() => app.close());

const create = async (given: object = {}): Promise<Shown> =>
  (await ana.post<Shown>('/tasks', { description: 'Water the plants', ...given })).body;
const read = async (id: number, query?: Record<string, string>): Promise<Shown> =>
  (await ana.get<Shown>(`/tasks/${String(id)}`, query)).body;

describe('the trash', () => {
  it('hides deleted tasks until they are restored', async () => {
    const { id } = await create();
    const path = `/tasks/${String(id)}`;
    const deleted = await ana.delete(path);
    assert.deepEqual({ status: deleted.status, body: deleted.body }, { status: 204, body: null });
    for (const answer of [
      await ana.get(path),
      await ana.patch(path, { description: 'x' }),
      await ana.put(path, { description: 'x' }),
      await ana.delete(path),
    ])
      assertProblem(answer, { status: 404, code: 104 });
    assert.ok((await read(id, { trash: 'true' })).deletedAt);
    const trash = (await ana.get<Shown[]>('/tasks', { trash: 'true' })).body;
    assert.deepEqual(
      { firstId: trash[0]?.id, allDeleted: trash.every(({ deletedAt }) => deletedAt !== null) },
      { firstId: id, allDeleted: true },
    );
    assert.ok(!(await ana.get<Shown[]>('/tasks')).body.some((task) => task.id === id));
    const restored = await ana.post<Shown>(`${path}/restore`);
    assert.deepEqual({ status: restored.status, deletedAt: restored.body.deletedAt }, { status: 200, deletedAt: null });
    assert.deepEqual((await ana.post<Shown>(`${path}/restore`)).body, restored.body);
    assert.equal((await ana.get(path)).status, 200);
  });

  it('returns nothing of a purged task, from the list or the trash', async () => {
    for (const first of [false, true]) {
      const { id } = await create({ notes: 'secret' });
      const path = `/tasks/${String(id)}`;
      if (first) await ana.delete(path);
      assert.equal((await ana.delete(path, { physical: 'true' })).status, 204);
      for (const answer of [
        await ana.get(path, { trash: 'true' }),
        await ana.post(`${path}/restore`),
        await ana.delete(path, { permanent: 'true' }),
      ])
        assertProblem(answer, { status: 404, code: 104 });
      assert.equal(await Task.count({ where: { id }, paranoid: false }), 0);
    }
  });
});

describe('conditional requests', () => {
  it('get 304 until something changes', async () => {
    const task = await create();
    const path = `/tasks/${String(task.id)}`;
    const tag = (await ana.get(path)).headers.get('etag') ?? '';
    for (const ifNoneMatch of [tag, `"x", W/${tag}`, '*']) {
      const answer = await ana.get(path, {}, { 'if-none-match': ifNoneMatch });
      assert.deepEqual(
        { status: answer.status, body: answer.body, etag: answer.headers.get('etag') },
        { status: 304, body: null, etag: tag },
      );
    }
    await ana.patch(path, { description: 'changed' });
    const answer = await ana.get(path, {}, { 'if-none-match': tag });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('etag') ?? '', /^"2-/);
  });

  it('change only the revision in If-Match', async () => {
    const task = await create();
    const path = `/tasks/${String(task.id)}`;
    const { headers } = await ana.get(path, { include: 'categories' });
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    assert.equal((await ana.patch(path, { description: 'mine' }, ifMatch)).status, 200);
    for (const answer of [
      await ana.patch(path, { description: 'late' }, ifMatch),
      await ana.put(path, { description: 'late' }, ifMatch),
      await ana.ask('DELETE', path, { headers: ifMatch }),
      await ana.patch(path, { description: 'late' }, { 'if-match': '"1"' }),
      await ana.patch(path, { description: 'late' }, { 'if-match': `W/"2"` }),
    ])
      assertProblem(answer, { status: 412, code: 107 });
    assertProblem(await ana.patch(path, { description: 'late' }, { 'if-match': 'two' }), {
      status: 400,
      code: 105,
      paths: ['If-Match'],
    });
    assert.equal((await read(task.id)).description, 'mine');
    assert.equal((await ana.patch(path, { description: 'late' }, { 'if-match': '*' })).status, 200);
    assert.equal((await ana.patch(path, { description: 'later' }, { 'if-match': '"3"' })).status, 200);
  });
});
