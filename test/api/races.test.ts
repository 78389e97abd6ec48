import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Event, Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type ApiAnswer, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';
import { addMember, createTeam, removeMember } from '../../src/models/team/commands.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
interface Shown {
  id: number;
  description: string;
  revision: number;
}

let app: TestApp;
let world: World;
let ana: Program;
before(async () => {
  app = await startApp({ rateLimits: false });
  world = await createWorld(app);
  ana = await programOf(app, world.ana);
});
after(() => app.close());

const concurrently = <T>(n: number, ask: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: n }, (_, i) => ask(i)));
const statuses = (answers: ApiAnswer[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
const create = async (given: object = {}): Promise<Shown> =>
  (await ana.post<Shown>('/tasks', { description: 'Water the plants', ...given })).body;

describe('A40: concurrent requests', () => {
  it('with one Idempotency-Key run once and get the same response', async () => {
    const label = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'home', color: 'red' });
    const key = { 'idempotency-key': randomUUID() };
    const before = await Task.count();
    const answers = await concurrently(20, () =>
      ana.post<Shown>('/tasks', { description: 'once', categoryIds: [label.id] }, key),
    );
    assert.deepEqual(statuses(answers), { 201: 20 });
    assert.equal(
      new Set(answers.map(({ body, headers }) => JSON.stringify([body, headers.get('location'), headers.get('etag')])))
        .size,
      1,
    );
    assert.equal(await Task.count(), before + 1);
    assert.equal(await Event.count({ where: { subject: 'task', subjectId: answers[0]?.body.id ?? 0 } }), 1);
    const later = await ana.post<Shown>('/tasks', { description: 'once', categoryIds: [label.id] }, key);
    assert.deepEqual(later.body, answers[0]?.body);
    assertProblem(await ana.post('/tasks', { description: 'another' }, key), { status: 422, code: 112 });
    assertProblem(await ana.post('/categories', { name: 'once' }, key), { status: 422, code: 112 });
    const bob = await programOf(app, world.bob);
    assert.equal((await bob.post('/tasks', { description: 'bob’s' }, key)).status, 201);
  });

  it('that failed are not stored: the corrected request succeeds with the same key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    for (const body of [
      { description: '' },
      { description: 'x', categoryIds: [999_999] },
      { description: 'x', listId: 999_999 },
    ])
      assertProblem(await ana.post('/tasks', body, key), { status: 422, code: 101 });
    assert.equal((await ana.post('/tasks', { description: 'corrected' }, key)).status, 201);
    for (const wrong of ['', 'x'.repeat(201)])
      assertProblem(await ana.post('/tasks', { description: 'x' }, { 'idempotency-key': wrong }), {
        status: 400,
        code: 105,
        paths: ['Idempotency-Key'],
      });
  });

  it('with the same If-Match succeed once', async () => {
    for (const ask of [
      (path: string, n: number, headers: Record<string, string>) =>
        ana.patch(path, { description: String(n) }, headers),
      (path: string, n: number, headers: Record<string, string>) => ana.put(path, { description: String(n) }, headers),
      (path: string, n: number, headers: Record<string, string>) =>
        n % 2 ? ana.ask('DELETE', path, { headers }) : ana.patch(path, { description: String(n) }, headers),
    ]) {
      const { id } = await create();
      const path = `/tasks/${String(id)}`;
      const ifMatch = { 'if-match': (await ana.get(path)).headers.get('etag') ?? '' };
      const answers = await concurrently(12, (n) => ask(path, n, ifMatch));
      assert.equal(answers.filter(({ status }) => status < 300).length, 1, JSON.stringify(statuses(answers)));
      assert.ok(answers.every(({ status }) => [200, 204, 404, 412].includes(status)));
      assert.equal((await Task.findByPk(id, { paranoid: false }))?.revision, 2);
    }
  });

  it('with the same If-Match succeed once for categories and accounts, which have no revision', async () => {
    const label = await createCategory(world.ana.viewer, world.ana.list.id, { name: 'raced', color: 'red' });
    const path = `/categories/${String(label.id)}`;
    const ifMatch = { 'if-match': (await ana.get(path)).headers.get('etag') ?? '' };
    assert.deepEqual(
      statuses(await concurrently(8, (n) => ana.patch(path, { name: { original: `raced ${String(n)}` } }, ifMatch))),
      { 200: 1, 412: 7 },
    );
    const mine = { 'if-match': (await ana.get('/me')).headers.get('etag') ?? '' };
    assert.deepEqual(statuses(await concurrently(8, (n) => ana.patch('/me', { name: `Ana ${String(n)}` }, mine))), {
      200: 1,
      412: 7,
    });
  });

  it('that change, delete, restore and purge one task never fail with 500', async () => {
    const { id } = await create();
    const path = `/tasks/${String(id)}`;
    const answers = await concurrently(40, (n) =>
      [
        () => ana.patch(path, { completed: n % 3 === 0, dueOn: '2026-11-27' }),
        () => ana.delete(path),
        () => ana.post(`${path}/restore`),
        () => ana.put(path, { description: 'x' }),
        () => (n === 39 ? ana.delete(path, { permanent: 'true' }) : ana.get(path)),
      ][n % 5]!(),
    );
    assert.ok(
      answers.every(({ status }) => [200, 204, 404].includes(status)),
      JSON.stringify(statuses(answers)),
    );
    assert.equal(answers.filter(({ status }) => status === 204).length > 0, true);
  });

  it('never attach a category that is being deleted, and do not fail', async () => {
    const labels = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        createCategory(world.ana.viewer, world.ana.list.id, { name: `fleeting ${String(n)}`, color: 'red' }),
      ),
    );
    const { id } = await create({ categoryIds: labels.slice(0, 3).map((label) => label.id) });
    const answers = await Promise.all(
      labels.flatMap((label) => [
        ana.delete(`/categories/${String(label.id)}`),
        ana.patch(`/tasks/${String(id)}`, { categoryIds: [label.id] }),
        ana.post('/tasks', { description: 'x', categoryIds: [label.id] }),
      ]),
    );
    assert.ok(
      answers.every(({ status }) => [200, 201, 204, 422].includes(status)),
      JSON.stringify(statuses(answers)),
    );
    const [rows] = (await app.sequelize.query(
      "SELECT count(*)::integer AS n FROM task_categories WHERE category_id IN (SELECT id FROM categories WHERE name ->> 'original' LIKE 'fleeting%')",
    )) as [{ n: number }[], unknown];
    assert.equal(rows[0]?.n, 0);
  });

  it('never assign a task to a member who is leaving', async () => {
    const team = await createTeam(world.ana.viewer, 'Garden');
    const { id: listId } = await findTeamList(team.id);
    for (let round = 0; round < 5; round += 1) {
      await addMember(team, world.ana.user.id, world.bob.user.id);
      const { id } = await create({ listId });
      const [assigning, creating] = await Promise.all([
        ana.patch(`/tasks/${String(id)}`, { assigneeId: world.bob.user.id }),
        ana.post('/tasks', { description: 'x', listId, assigneeId: world.bob.user.id }),
        removeMember(team, world.ana.viewer, world.bob.user.id),
      ]);
      assert.ok(
        [200, 422].includes(assigning.status) && [201, 422].includes(creating.status),
        JSON.stringify([assigning.body, creating.body]),
      );
      assert.equal(await Task.count({ where: { listId, assigneeId: world.bob.user.id } }), 0);
    }
  });

  it('create a category with the same name once, and report the name as taken to the others', async () => {
    assert.deepEqual(
      statuses(await concurrently(10, (n) => ana.post('/categories', { name: n % 2 ? 'Same' : 'same' }))),
      {
        201: 1,
        422: 9,
      },
    );
  });
});
