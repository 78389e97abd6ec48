import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TaskRevisions } from '../../../src/browser/sync/revisions.ts';
import type { TaskEvent } from '../../../src/shared/events.ts';
import { aTask } from '../../shared/build-task.ts';

describe('The state of a task on a page', () => {
  it('is the one with the higher revision, in either order of arrival', () => {
    const states = new TaskRevisions();
    assert.equal(states.receive(task(1, 3, 8)), 'show');
    assert.equal(states.receive(task(1, 2, 7)), 'old');
    assert.equal(states.receive(task(1, 4, 9)), 'show');
  });

  it('is the one read later if revisions are equal', () => {
    const states = new TaskRevisions();
    states.receive(task(1, 3, 8));
    assert.equal(states.receive(task(1, 3, 8)), 'old');
    assert.equal(states.receive(task(1, 3, 9)), 'show');
  });

  it('does not go back behind a row of the page', () => {
    const states = new TaskRevisions();
    states.hold(5, { listId: 1, revision: 4, version: 7 });
    assert.equal(states.receive(task(1, 3, 8)), 'old');
    assert.equal(states.receive(gone(1, 3, 9)), 'old');
  });

  it('is removed at the same or a higher revision', () => {
    for (const revision of [4, 5]) {
      const states = new TaskRevisions();
      states.hold(5, { listId: 1, revision: 4, version: 7 });
      assert.equal(states.receive(gone(1, revision, 8)), 'remove');
    }
  });

  it('stays removed unless restored', () => {
    const states = new TaskRevisions();
    states.hold(5, { listId: 1, revision: 4, version: 7 });
    states.receive(gone(1, 5, 8));
    assert.equal(states.receive(task(1, 4, 9)), 'old');
    assert.equal(states.receive(task(1, 6, 10)), 'show');
  });

  it('remembers the removal of an unknown task', () => {
    const states = new TaskRevisions();
    assert.equal(states.receive(gone(1, 5, 8)), 'old');
    assert.equal(states.receive(task(1, 5, 9)), 'old');
  });

  it('moves between lists in either order of arrival', () => {
    const moved = [gone(1, 5, 20), task(2, 5, 3)];
    for (const order of [moved, moved.toReversed()]) {
      const states = new TaskRevisions();
      states.hold(5, { listId: 1, revision: 4, version: 19 });
      const verdicts = order.map((event) => states.receive(event));
      assert.ok(verdicts.includes('show'), 'it is shown in its new list');
      assert.notEqual(verdicts.at(-1), 'remove', 'and stays');
    }
  });

  it('can return to a list that it has left', () => {
    const states = new TaskRevisions();
    states.hold(5, { listId: 1, revision: 4, version: 19 });
    states.receive(gone(1, 5, 20));
    states.receive(task(2, 5, 3));
    assert.equal(states.receive(gone(2, 6, 4)), 'remove');
    assert.equal(states.receive(task(1, 6, 21)), 'show');
  });
});

const announced = (listId: number, version: number) => ({ list: { id: listId, epoch: 'e', version }, actor: null });
const task = (listId: number, revision: number, version: number): TaskEvent => ({
  ...aTask({ id: 5, listId, revision }),
  ...announced(listId, version),
});
const gone = (listId: number, revision: number, version: number): TaskEvent => ({
  id: 5,
  revision,
  gone: true,
  ...announced(listId, version),
});
