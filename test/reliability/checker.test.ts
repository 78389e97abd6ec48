/** Tests every invariant of the checker with evidence that violates it. */
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
const announced = (version: number, connection = 1): Received => ({
  kind: 'announced',
  connection,
  listId: LIST,
  version,
});

/** A tab opened after the first event. */
const createTab = (more: Partial<TabRecord> = {}): TabRecord => ({
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

/** Four tasks in ana's list, seen by one tab, without violations. */
const validEvidence = (more: Partial<Evidence> = {}): Evidence => ({
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
  tabs: [createTab()],
  absences: [],
  isolatedWrites: [{ listId: LIST, version: 4, acknowledgedAt: 3990, stall: 0 }],
  exits: [
    { process: 'B', signal: 'SIGKILL', code: null },
    { process: 'A', signal: 'SIGTERM', code: 0 },
  ],
  connectionLoad: { cycles: 1000, heapBefore: 60e6, heapAfter: 61e6, left: { sockets: 0, rooms: 0, newListeners: 0 } },
  ...more,
});

const stored = (more: Partial<Evidence['stored']>): Evidence =>
  validEvidence({ stored: { ...validEvidence().stored, ...more } });
const written = (change: (all: Evidence['written']) => Evidence['written']): Evidence =>
  validEvidence({ written: change(validEvidence().written) });

/** Asserts that exactly this invariant is violated, with a description. */
function assertViolates(evidence: Evidence, invariant: Invariant, what: RegExp): void {
  const figures = check(evidence);
  const violated = Object.entries(figures)
    .filter(([, { violations }]) => violations.length > 0)
    .map(([name]) => name);
  assert.deepEqual(violated, [invariant]);
  assert.match(figures[invariant].violations[0]?.what ?? '', what);
}

suite('The checker', () => {
  test('finds nothing in a valid run', () => {
    assert.deepEqual(
      Object.values(check(validEvidence())).flatMap(({ violations }) => violations),
      [],
    );
  });

  test('reports the list, version and tab of a violation', () => {
    const figures = check(validEvidence({ tabs: [createTab({ received: [live(2), live(4), live(3)] })] }));
    const { listId, version, tab } = figures.Order.violations.at(-1)!;
    assert.deepEqual({ listId, version, tab }, { listId: LIST, version: 3, tab: 'ana 1' });
    assert.match(report('a run', figures), /Order is violated, list 10, version 3, tab ana 1: version 3 came after 4/);
  });
});

suite('Durability', () => {
  test('finds a missing acknowledged task', () => {
    const { tasks } = validEvidence().stored;
    assertViolates(
      stored({ tasks: tasks.filter(({ id }) => id !== 102) }),
      'Durability',
      /t2 of ana is purged, acknowledged as open/,
    );
  });

  test('finds a missing acknowledged change', () => {
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

  test('accepts either outcome of a change that was never acknowledged', () => {
    const evidence = written((all) =>
      all.map((one) => (one.tag === 't3' ? { ...one, state: 'done', unknown: true } : one)),
    );
    assert.deepEqual(check(evidence).Durability.violations, []);
  });

  test('finds a response that contradicts an earlier one', () => {
    assertViolates(
      validEvidence({ contradictions: [{ writer: 'ana', listId: LIST, what: '404 for t3' }] }),
      'Durability',
      /404/,
    );
  });

  test('rejects a database that does not wait for its disk', () => {
    assertViolates(stored({ fsync: 'off' }), 'Durability', /fsync/);
    assertViolates(stored({ synchronousCommit: 'off' }), 'Durability', /synchronous_commit/);
  });
});

suite('At most once', () => {
  const twice = { id: 105, listId: LIST, description: 't3 to do', completed: false, trashed: false };

  test('finds a form key that created two tasks', () => {
    assertViolates(
      stored({ tasks: [...validEvidence().stored.tasks, twice] }),
      'At most once',
      /t3 was created 2 times/,
    );
  });

  test('finds one whose second task is already purged, from the log', () => {
    const { events, lists } = validEvidence().stored;
    const evidence = stored({
      events: [...events, event(5), event(6, { name: 'task_purged', subjectId: 105 })],
      lists: [{ ...lists[0]!, version: 6 }],
    });
    assertViolates(evidence, 'At most once', /5 tasks were created for 4 requests/);
  });
});

suite('Gapless', () => {
  test('finds a version missing from the log', () => {
    const evidence = stored({
      events: [event(1), event(2, { subjectId: 102 }), event(4), event(5)],
      lists: [{ id: LIST, version: 5, keptFrom: 1, viewers: [ANA] }],
    });
    assertViolates({ ...evidence, tabs: [] }, 'Gapless', /1 versions are missing/);
  });

  test('finds a duplicate version', () => {
    const evidence = stored({ events: [event(1), event(2), event(3), event(3, { name: 'task_updated' }), event(4)] });
    assertViolates({ ...evidence, tabs: [] }, 'Gapless', /duplicate/);
  });

  test('finds a list whose version differs from its log', () => {
    assertViolates(
      stored({ lists: [{ id: LIST, version: 5, keptFrom: 1, viewers: [ANA] }] }),
      'Gapless',
      /ends at 4, the list is at 5/,
    );
  });

  test('ignores events deleted by retention', () => {
    const { events } = validEvidence().stored;
    const evidence = stored({
      events: events.slice(2),
      lists: [{ id: LIST, version: 4, keptFrom: 3, viewers: [ANA] }],
    });
    assert.deepEqual(check(evidence).Gapless.violations, []);
  });
});

suite('Convergence', () => {
  const shows = (rows: string[]) =>
    validEvidence({
      tabs: [createTab({ final: { positions: { [LIST]: 4 }, rows, freshRows: ['d', 'c', 'b', 'a'] } })],
    });

  test('finds a missing or extra row in a tab', () => {
    assertViolates(shows(['d', 'b', 'a']), 'Convergence', /only on a fresh page: c/);
    assertViolates(shows(['e', 'd', 'c', 'b', 'a']), 'Convergence', /only here: e/);
  });

  test('finds rows in a different order and duplicate rows', () => {
    assertViolates(shows(['d', 'b', 'c', 'a']), 'Convergence', /order/);
    assertViolates(shows(['d', 'c', 'b', 'a', 'a']), 'Convergence', /duplicate/);
  });
});

suite('Order', () => {
  const received = (all: Received[]) => validEvidence({ tabs: [createTab({ received: all })] });

  test('finds an event after a later one, or twice on one connection', () => {
    assertViolates(received([live(3), live(2), live(4)]), 'Order', /version 2 came after 3/);
    assertViolates(received([live(2), live(3), live(3), live(4)]), 'Order', /version 3 came after 3/);
  });

  test('finds an unannounced gap', () => {
    assertViolates(received([live(2), live(4)]), 'Order', /version 4 came after 2/);
  });

  test('allows gaps announced by list_versions', () => {
    assert.deepEqual(check(received([live(2), announced(3), live(4)])).Order.violations, []);
  });

  test('checks each connection separately', () => {
    assert.deepEqual(check(received([live(2), live(3), live(3, 2), live(4, 2)])).Order.violations, []);
  });

  test('finds a tab that applies an event after a gap, or twice', () => {
    const applied = (versions: number[]) =>
      validEvidence({
        tabs: [
          createTab({
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
  test('finds an event of a list the viewer may not see', () => {
    assertViolates(
      validEvidence({ tabs: [createTab({ name: 'eve 1', userId: EVE, received: [live(4)] })] }),
      'Isolation',
      /user 3 may not see/,
    );
  });

  test('finds an event after access ended, apart from a grace period', () => {
    const ended = (versions: Record<number, number>) =>
      validEvidence({ tabs: [createTab({ open: false, ended: { versions }, final: null })] });
    assertViolates(ended({ [LIST]: 3 }), 'Isolation', /after access had ended/);
    assert.deepEqual(check(ended({ [LIST]: 4 })).Isolation.violations, []);
  });

  test('finds an event from a time without membership, unless the member asked to rejoin before it arrived', () => {
    const away = (until: number) => validEvidence({ absences: [{ userId: ANA, listId: LIST, since: 3, until }] });
    assertViolates(away(5000), 'Isolation', /was not a member then/);
    assert.deepEqual(check(away(3900)).Isolation.violations, []);
  });

  test('finds a tab that stays open after its session ended', () => {
    assertViolates(
      validEvidence({ tabs: [createTab({ ended: { versions: { [LIST]: 4 } } })] }),
      'Isolation',
      /stayed open/,
    );
  });
});

suite('No phantom', () => {
  test('finds an event that was never committed', () => {
    assertViolates(
      validEvidence({ tabs: [createTab({ received: [live(2), live(3), live(4), live(5)] })] }),
      'No phantom',
      /never committed/,
    );
  });

  test('finds one that was committed as a different event, also in a catch-up', () => {
    assertViolates(
      validEvidence({ tabs: [createTab({ received: [live(2), live(3, 1, { subjectId: 999 }), live(4)] })] }),
      'No phantom',
      /of 999 was received/,
    );
    assertViolates(
      validEvidence({
        tabs: [
          createTab({
            received: [live(2), live(3), live(4), { kind: 'caught_up', ...event(3, { name: 'task_purged' }) }],
          }),
        ],
      }),
      'No phantom',
      /task_purged/,
    );
  });
});

suite('Liveness', () => {
  test('finds a last event that never arrives', () => {
    assertViolates(validEvidence({ tabs: [createTab({ received: [live(2), live(3)] })] }), 'Liveness', /never arrived/);
  });

  test('finds one that takes longer than two seconds, unless the machine stalled', () => {
    const slow = { tabs: [createTab({ received: [live(2), live(3), live(4, 1, { at: 6500 })] })] };
    assertViolates(validEvidence(slow), 'Liveness', /2510 ms/);
    assert.deepEqual(
      check(
        validEvidence({ ...slow, isolatedWrites: [{ listId: LIST, version: 4, acknowledgedAt: 3990, stall: 900 }] }),
      ).Liveness.violations,
      [],
    );
  });

  test('finds a tab that did not become current in time, or gave up', () => {
    assertViolates(validEvidence({ tabs: [createTab({ currentAfter: null })] }), 'Liveness', /did not become current/);
    assertViolates(
      validEvidence({ tabs: [createTab({ open: false, final: null })] }),
      'Liveness',
      /had not been ended/,
    );
  });
});

suite('Bounded', () => {
  const connectionLoad = validEvidence().connectionLoad!;

  test('finds a process that exited by itself, and an unclean shutdown', () => {
    assertViolates(
      validEvidence({ exits: [{ process: 'A, worker 2', signal: null, code: 1 }] }),
      'Bounded',
      /exited by itself/,
    );
    assertViolates(
      validEvidence({ exits: [{ process: 'B', signal: 'SIGTERM', code: 1 }] }),
      'Bounded',
      /exited with 1 after SIGTERM/,
    );
  });

  test('finds resources leaked by closed tabs', () => {
    assertViolates(
      validEvidence({ connectionLoad: { ...connectionLoad, heapAfter: 70e6 } }),
      'Bounded',
      /the heap grew by 16\.7%/,
    );
    assertViolates(
      validEvidence({ connectionLoad: { ...connectionLoad, left: { ...connectionLoad.left, rooms: 2 } } }),
      'Bounded',
      /2 rooms left/,
    );
    assertViolates(
      validEvidence({ connectionLoad: { ...connectionLoad, left: { ...connectionLoad.left, newListeners: 1 } } }),
      'Bounded',
      /1 newListeners/,
    );
  });
});
