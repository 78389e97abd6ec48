/** Over 200 lines: every rule of the checker, with a history that breaks it. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { check, type Invariant } from './checker.ts';
import type { Evidence, Received, SeenEvent, TabRecord } from './evidence.ts';
import { report } from './report.ts';

const ANA = 1;
const EVE = 3;
const LIST = 10;

const event = (version: number, more: Partial<SeenEvent> = {}): SeenEvent => ({
  listId: LIST,
  version,
  name: 'new_task',
  subjectId: 100 + version,
  at: 1000 * version,
  ...more,
});
const live = (version: number, connection = 1, more: Partial<SeenEvent> = {}): Received => ({
  kind: 'event',
  connection,
  ...event(version, more),
});
const told = (version: number, connection = 1): Received => ({ kind: 'told', connection, listId: LIST, version });

/** A tab that was there from the second event on. */
const aTab = (more: Partial<TabRecord> = {}): TabRecord => ({
  name: 'ana 1',
  userId: ANA,
  received: [live(2), live(3), live(4)],
  shown: [
    { kind: 'load', positions: { [LIST]: 1 } },
    ...[2, 3, 4].map((version) => ({ kind: 'apply' as const, listId: LIST, version })),
  ],
  open: true,
  ended: null,
  currentAfter: 120,
  final: { positions: { [LIST]: 4 }, rows: ['d', 'c', 'b', 'a'], freshRows: ['d', 'c', 'b', 'a'] },
  ...more,
});

/** Four tasks in ana's list, seen by one tab: nothing is wrong. */
const sound = (more: Partial<Evidence> = {}): Evidence => ({
  stored: {
    fsync: 'on',
    synchronousCommit: 'on',
    lists: [{ id: LIST, version: 4, keptFrom: 1, viewers: [ANA] }],
    events: [1, 2, 3, 4].map((version) => event(version)),
    tasks: [1, 2, 3, 4].map((n) => ({
      id: 100 + n,
      listId: LIST,
      description: `t${n} to do`,
      completed: false,
      trashed: false,
    })),
  },
  written: [1, 2, 3, 4].map((n) => ({
    writer: 'ana',
    listId: LIST,
    tag: `t${n}`,
    description: `t${n} to do`,
    state: 'open',
    unknown: false,
  })),
  contradictions: [],
  tabs: [aTab()],
  absences: [],
  lone: [{ listId: LIST, version: 4, acknowledgedAt: 3990, stall: 0 }],
  exits: [
    { process: 'B', asked: 'SIGKILL', code: null },
    { process: 'A', asked: 'SIGTERM', code: 0 },
  ],
  membershipLoad: { cycles: 1000, heapBefore: 60e6, heapAfter: 61e6, left: { sockets: 0, rooms: 0, newListeners: 0 } },
  ...more,
});

const stored = (more: Partial<Evidence['stored']>): Evidence => sound({ stored: { ...sound().stored, ...more } });
const written = (change: (all: Evidence['written']) => Evidence['written']): Evidence =>
  sound({ written: change(sound().written) });

/** Asserts that exactly this invariant is violated, and that something is said of it. */
function assertViolates(evidence: Evidence, invariant: Invariant, what: RegExp): void {
  const figures = check(evidence);
  const violated = Object.entries(figures)
    .filter(([, { violations }]) => violations.length > 0)
    .map(([name]) => name);
  assert.deepEqual(violated, [invariant]);
  assert.match(figures[invariant].violations[0]?.what ?? '', what);
}

suite('The checker', () => {
  test('finds nothing in a sound run', () => {
    assert.deepEqual(
      Object.values(check(sound())).flatMap(({ violations }) => violations),
      [],
    );
  });

  test('says of a violation which list, version and tab it concerns', () => {
    const figures = check(sound({ tabs: [aTab({ received: [live(2), live(4), live(3)] })] }));
    const { listId, version, tab } = figures.Order.violations.at(-1)!;
    assert.deepEqual({ listId, version, tab }, { listId: LIST, version: 3, tab: 'ana 1' });
    assert.match(report('a run', figures), /Order is violated, list 10, version 3, tab ana 1: version 3 came after 4/);
  });
});

suite('Durability', () => {
  test('an acknowledged task that is not there is found', () => {
    const { tasks } = sound().stored;
    assertViolates(
      stored({ tasks: tasks.filter(({ id }) => id !== 102) }),
      'Durability',
      /t2 of ana is purged, acknowledged as open/,
    );
  });

  test('an acknowledged change that is not there is found', () => {
    assertViolates(
      written((all) => all.map((one) => (one.tag === 't3' ? { ...one, state: 'done' } : one))),
      'Durability',
      /t3 of ana is open, acknowledged as done/,
    );
    assertViolates(
      written((all) => all.map((one) => (one.tag === 't3' ? { ...one, description: 't3 again' } : one))),
      'Durability',
      /reads "t3 to do"/,
    );
  });

  test('a change whose answer never came may be there or not', () => {
    const evidence = written((all) =>
      all.map((one) => (one.tag === 't3' ? { ...one, state: 'done', unknown: true } : one)),
    );
    assert.deepEqual(check(evidence).Durability.violations, []);
  });

  test('an answer that contradicts an earlier one is found', () => {
    assertViolates(
      sound({ contradictions: [{ writer: 'ana', listId: LIST, what: '404 of t3' }] }),
      'Durability',
      /404/,
    );
  });

  test('a database that does not wait for its disk proves nothing', () => {
    assertViolates(stored({ fsync: 'off' }), 'Durability', /fsync/);
    assertViolates(stored({ synchronousCommit: 'off' }), 'Durability', /synchronous_commit/);
  });
});

suite('At most once', () => {
  const twice = { id: 105, listId: LIST, description: 't3 to do', completed: false, trashed: false };

  test('a key that made two tasks is found', () => {
    assertViolates(stored({ tasks: [...sound().stored.tasks, twice] }), 'At most once', /t3 was made 2 times/);
  });

  test('so is one whose second task is purged already, by the log', () => {
    const { events, lists } = sound().stored;
    const evidence = stored({
      events: [...events, event(5), event(6, { name: 'task_purged', subjectId: 105 })],
      lists: [{ ...lists[0]!, version: 6 }],
    });
    assertViolates(evidence, 'At most once', /5 tasks were made of 4 asked for/);
  });
});

suite('Gapless', () => {
  test('a version that is missing in the log is found', () => {
    const evidence = stored({
      events: [event(1), event(2, { subjectId: 102 }), event(4), event(5)],
      lists: [{ id: LIST, version: 5, keptFrom: 1, viewers: [ANA] }],
    });
    assertViolates({ ...evidence, tabs: [] }, 'Gapless', /1 versions are missing/);
  });

  test('a version that is there twice is found', () => {
    const evidence = stored({ events: [event(1), event(2), event(3), event(3, { name: 'task_updated' }), event(4)] });
    assertViolates({ ...evidence, tabs: [] }, 'Gapless', /twice/);
  });

  test('a list that is elsewhere than its log is found', () => {
    assertViolates(
      stored({ lists: [{ id: LIST, version: 5, keptFrom: 1, viewers: [ANA] }] }),
      'Gapless',
      /ends at 4, the list is at 5/,
    );
  });

  test('what retention has taken is not missed', () => {
    const { events } = sound().stored;
    const evidence = stored({
      events: events.slice(2),
      lists: [{ id: LIST, version: 4, keptFrom: 3, viewers: [ANA] }],
    });
    assert.deepEqual(check(evidence).Gapless.violations, []);
  });
});

suite('Convergence', () => {
  const shows = (rows: string[]) =>
    sound({ tabs: [aTab({ final: { positions: { [LIST]: 4 }, rows, freshRows: ['d', 'c', 'b', 'a'] } })] });

  test('a tab that misses a row, or has one too many, is found', () => {
    assertViolates(shows(['d', 'b', 'a']), 'Convergence', /only on a fresh page: c/);
    assertViolates(shows(['e', 'd', 'c', 'b', 'a']), 'Convergence', /only here: e/);
  });

  test('so is one with the rows in another order, or one of them twice', () => {
    assertViolates(shows(['d', 'b', 'c', 'a']), 'Convergence', /order/);
    assertViolates(shows(['d', 'c', 'b', 'a', 'a']), 'Convergence', /twice/);
  });
});

suite('Order', () => {
  const received = (all: Received[]) => sound({ tabs: [aTab({ received: all })] });

  test('an event after a later one, or twice on one connection, is found', () => {
    assertViolates(received([live(3), live(2), live(4)]), 'Order', /version 2 came after 3/);
    assertViolates(received([live(2), live(3), live(3), live(4)]), 'Order', /version 3 came after 3/);
  });

  test('a gap that nothing was told of is found', () => {
    assertViolates(received([live(2), live(4)]), 'Order', /version 4 came after 2/);
  });

  test('what list_versions stands for need not come one by one', () => {
    assert.deepEqual(check(received([live(2), told(3), live(4)])).Order.violations, []);
  });

  test('another connection begins where it begins', () => {
    assert.deepEqual(check(received([live(2), live(3), live(3, 2), live(4, 2)])).Order.violations, []);
  });

  test('a tab that applies an event over a gap, or twice, is found', () => {
    const applied = (versions: number[]) =>
      sound({
        tabs: [
          aTab({
            shown: [
              { kind: 'load', positions: { [LIST]: 1 } },
              ...versions.map((version) => ({ kind: 'apply' as const, listId: LIST, version })),
            ],
          }),
        ],
      });
    assertViolates(applied([2, 4]), 'Order', /version 4 was applied after 2/);
    assertViolates(applied([2, 3, 3, 4]), 'Order', /version 3 was applied after 3/);
  });
});

suite('Isolation', () => {
  test("an event of a list that is not the viewer's is found", () => {
    assertViolates(
      sound({ tabs: [aTab({ name: 'eve 1', userId: EVE, received: [live(4)] })] }),
      'Isolation',
      /user 3 may not see/,
    );
  });

  test('an event that comes after the access has ended is found, a moment of grace given', () => {
    const ended = (versions: Record<number, number>) =>
      sound({ tabs: [aTab({ open: false, ended: { versions }, final: null })] });
    assertViolates(ended({ [LIST]: 3 }), 'Isolation', /after the access had ended/);
    assert.deepEqual(check(ended({ [LIST]: 4 })).Isolation.violations, []);
  });

  test('an event from the time when a member was away is found, unless they asked to come back before it came', () => {
    const away = (until: number) => sound({ absences: [{ userId: ANA, listId: LIST, beyond: 3, until }] });
    assertViolates(away(5000), 'Isolation', /no member then/);
    assert.deepEqual(check(away(3900)).Isolation.violations, []);
  });

  test('a tab that stays open after its session is found', () => {
    assertViolates(sound({ tabs: [aTab({ ended: { versions: { [LIST]: 4 } } })] }), 'Isolation', /was not/);
  });
});

suite('No phantom', () => {
  test('an event that was never committed is found', () => {
    assertViolates(
      sound({ tabs: [aTab({ received: [live(2), live(3), live(4), live(5)] })] }),
      'No phantom',
      /never committed/,
    );
  });

  test('so is one that was committed as another, also in a catch-up', () => {
    assertViolates(
      sound({ tabs: [aTab({ received: [live(2), live(3, 1, { subjectId: 999 }), live(4)] })] }),
      'No phantom',
      /of 999 was seen/,
    );
    assertViolates(
      sound({
        tabs: [
          aTab({ received: [live(2), live(3), live(4), { kind: 'caught_up', ...event(3, { name: 'task_purged' }) }] }),
        ],
      }),
      'No phantom',
      /task_purged/,
    );
  });
});

suite('Liveness', () => {
  test('a last event that never arrives is found', () => {
    assertViolates(sound({ tabs: [aTab({ received: [live(2), live(3)] })] }), 'Liveness', /never arrived/);
  });

  test('one that takes longer than two seconds is found, unless the machine itself stood still', () => {
    const slow = { tabs: [aTab({ received: [live(2), live(3), live(4, 1, { at: 6500 })] })] };
    assertViolates(sound(slow), 'Liveness', /2510 ms/);
    assert.deepEqual(
      check(sound({ ...slow, lone: [{ listId: LIST, version: 4, acknowledgedAt: 3990, stall: 900 }] })).Liveness
        .violations,
      [],
    );
  });

  test('a tab that is not current in time, or gave up, is found', () => {
    assertViolates(sound({ tabs: [aTab({ currentAfter: null })] }), 'Liveness', /did not become current/);
    assertViolates(sound({ tabs: [aTab({ open: false, final: null })] }), 'Liveness', /nobody had ended/);
  });
});

suite('Bounded', () => {
  const membershipLoad = sound().membershipLoad!;

  test('a process that ended by itself is found, and one that did not end in order', () => {
    assertViolates(sound({ exits: [{ process: 'A, worker 2', asked: null, code: 1 }] }), 'Bounded', /ended by itself/);
    assertViolates(
      sound({ exits: [{ process: 'B', asked: 'SIGTERM', code: 1 }] }),
      'Bounded',
      /was asked to end and ended with 1/,
    );
  });

  test('what tabs leave behind is found', () => {
    assertViolates(sound({ membershipLoad: { ...membershipLoad, heapAfter: 70e6 } }), 'Bounded', /the heap grew by 16\.7%/);
    assertViolates(sound({ membershipLoad: { ...membershipLoad, left: { ...membershipLoad.left, rooms: 2 } } }), 'Bounded', /2 rooms are left/);
    assertViolates(
      sound({ membershipLoad: { ...membershipLoad, left: { ...membershipLoad.left, newListeners: 1 } } }),
      'Bounded',
      /1 newListeners/,
    );
  });
});
