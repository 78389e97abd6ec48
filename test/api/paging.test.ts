import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';

interface Shown {
  id: number;
  description: string;
  dueOn: string | null;
  priority: number;
  order: number | null;
}

let app: TestApp;
let world: World;
let reader: Program;
let writer: Program;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  reader = await programOf(app, world.ana);
  writer = await programOf(app, world.ana);
});
after(() => app.close());

const seed = fc.record({
  description: fc.constantFrom('a', 'B', 'ä', '漢', ' ', '%'),
  dueOn: fc.constantFrom(null, '2026-11-21', '2026-11-22'),
  priority: fc.constantFrom(0, 1, 3),
  position: fc.constantFrom(null, -1.5, 0, 1e300),
});
const write = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), description: fc.constantFrom('a', 'z') }),
  fc.record({
    kind: fc.constantFrom(
      'patch' as const,
      'complete' as const,
      'remove' as const,
      'restore' as const,
      'purge' as const,
    ),
    which: fc.nat(),
    description: fc.constantFrom('A', 'y'),
    dueOn: fc.constantFrom(null, '2026-11-20', '2026-11-23'),
  }),
);
const sorts = [
  '',
  'createdAt',
  'dueOn',
  '-dueOn',
  '-dueOn,description',
  'description,-priority',
  '-order,dueOn,-description',
  'priority,-dueOn',
  '-id',
];

type Write = typeof write extends fc.Arbitrary<infer Value> ? Value : never;

/** Performs one step of the history. @returns the id of the task that it changed */
async function perform(step: Write, ids: number[]): Promise<number | undefined> {
  if (step.kind === 'create') return (await writer.post<Shown>('/tasks', { description: step.description })).body.id;
  const id = ids[step.which % ids.length];
  const path = `/tasks/${String(id)}`;
  switch (step.kind) {
    case 'patch':
      await writer.patch(path, { description: step.description, dueOn: step.dueOn });
      break;
    case 'complete':
      await writer.patch(path, { completed: true });
      break;
    case 'remove':
      await writer.delete(path);
      break;
    case 'restore':
      await writer.post(`${path}/restore`);
      break;
    case 'purge':
      await writer.delete(path, { permanent: 'true' });
      break;
  }
  return id;
}

describe('paging while others write', () => {
  it('returns every unchanged task exactly once, in the requested order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(seed, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...sorts),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.array(write, { maxLength: 3 }), { maxLength: 12 }),
        async (seeds, sort, limit, history) => {
          await Task.destroy({ where: {}, force: true });
          const ids = (
            await Task.bulkCreate(
              seeds.map((one) => ({ ...one, listId: world.ana.list.id, userId: world.ana.user.id })),
            )
          ).map(({ id }) => id);
          const query: Record<string, string> = sort === '' ? {} : { sort };
          const complete = (await reader.get<Shown[]>('/tasks', { ...query, limit: '200' })).body.map(({ id }) => id);
          assert.deepEqual(
            [...complete].sort((a, b) => a - b),
            ids,
          );

          const touched = new Set<number | undefined>();
          const steps = [...history];
          const pages = await reader.pages<Shown>('/tasks', { ...query, limit: String(limit) }, async () => {
            for (const step of steps.shift() ?? []) touched.add(await perform(step, ids));
          });
          const met = pages.flat().map(({ id }) => id);
          assert.deepEqual(
            met.filter((id) => !touched.has(id)),
            complete.filter((id) => !touched.has(id)),
          );
          assert.ok(pages.slice(0, -1).every((page) => page.length === limit));
        },
      ),
      { numRuns: 40 },
    );
  });
});
