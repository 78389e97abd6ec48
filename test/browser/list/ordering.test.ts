import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blockOf, compareIn } from '../../../src/browser/list/ordering.ts';
import { aTask } from '../../shared/build-task.ts';

const now = new Date('2026-11-21T23:30:00Z');
const lists = new Set([1]);

describe('The order of the plain list', () => {
  const cases = [
    { name: 'an open task stands among the open ones', task: aTask(), block: 'open' },
    { name: 'a task of a list that the list does not show stands nowhere', task: aTask({ listId: 2 }), block: null },
    { name: 'a deleted task stands nowhere', task: aTask({ deletedAt: now.toISOString() }), block: null },
    {
      name: 'a task done today stands under "Done today"',
      task: aTask({ completedAt: '2026-11-21T23:10:00.000Z' }),
      block: 'done',
    },
    {
      name: "today is the viewer's: in Madrid it began at 23:00 UTC",
      task: aTask({ completedAt: '2026-11-21T22:59:59.999Z' }),
      block: null,
    },
    {
      name: 'a task done on another day stands nowhere',
      task: aTask({ completedAt: '2026-11-01T12:00:00.000Z' }),
      block: null,
    },
    {
      name: 'a task outside its window stands nowhere',
      task: aTask({ availableFrom: '2026-11-22T08:00:00.000Z', available: false }),
      block: null,
    },
    {
      name: 'a task inside its window stands among the open ones',
      task: aTask({ availableFrom: '2026-11-20T08:00:00.000Z' }),
      block: 'open',
    },
    {
      name: 'whether its time has come the database says, whatever the clock here',
      task: aTask({ availableFrom: '2026-11-21T23:30:00.400Z' }),
      block: 'open',
    },
    {
      name: 'a task done outside its window stands under "Done today"',
      task: aTask({ completedAt: '2026-11-21T23:10:00.000Z', available: false }),
      block: 'done',
    },
  ];
  for (const { name, task, block } of cases) {
    it(name, () => {
      assert.equal(blockOf(task, lists, 'Europe/Madrid', now), block);
    });
  }

  it('is by creation time, newest first, then by id', () => {
    const rows = [
      { id: 2, created: '2026-11-21T08:00:00.000Z', completed: null },
      { id: 9, created: '2026-11-21T07:00:00.000Z', completed: null },
      { id: 3, created: '2026-11-21T08:00:00.000Z', completed: null },
    ];
    assert.deepEqual(
      rows.toSorted((a, b) => compareIn('open', a, b)).map(({ id }) => id),
      [3, 2, 9],
    );
  });

  it('is by completion time for done tasks, newest first', () => {
    const rows = [
      { id: 2, created: '2026-11-21T08:00:00.000Z', completed: '2026-11-21T09:00:00.000Z' },
      { id: 9, created: '2026-11-21T07:00:00.000Z', completed: '2026-11-21T10:00:00.000Z' },
    ];
    assert.deepEqual(
      rows.toSorted((a, b) => compareIn('done', a, b)).map(({ id }) => id),
      [9, 2],
    );
  });
});
