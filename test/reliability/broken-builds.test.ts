import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import {
  announcesBeforeCommit,
  emitsFromTheHook,
  numbersBySequence,
  unmodified,
  type BrokenBuild,
} from './broken-builds.ts';
import { check, type CheckResults } from './checker.ts';
import { holdCommit, holdFirstRow, overtake } from './forced.ts';
import { violationsOf } from './report.ts';
import { openSetup, type Setup } from './setup.ts';

type Load = (setup: Setup) => Promise<void>;

suite('The checker, run against a build under a short load,', () => {
  let postgres: OwnPostgres;
  before(async () => {
    postgres = await startOwnPostgres();
  });
  after(() => postgres.remove());

  const checkBuild = async (build: BrokenBuild, ...loads: Load[]): Promise<CheckResults> => {
    const setup = await openSetup(build, postgres);
    try {
      for (const load of loads) await load(setup);
      return check(await setup.evidence());
    } finally {
      await setup.close();
    }
  };

  test('finds nothing in the unmodified build', async () => {
    assert.deepEqual(violationsOf(await checkBuild(unmodified, holdFirstRow, holdCommit, overtake)), []);
  });

  test('finds events out of order in a build that emits directly from the hook', async () => {
    const { Order } = await checkBuild(emitsFromTheHook, holdFirstRow);
    assert.match(Order.violations[0]?.what ?? '', /came after/);
  });

  test('finds a missing last event in a build that announces before the commit and has no sweep', async () => {
    const { Liveness, Convergence } = await checkBuild(announcesBeforeCommit, holdCommit);
    assert.match(Liveness.violations.map(({ what }) => what).join(), /never arrived/);
    assert.match(Convergence.violations[0]?.what ?? '', /only on a fresh page: done/);
  });

  test('finds a gap, and a change that no tab sees, in a build that numbers by a sequence', async () => {
    const { Gapless, Liveness, Convergence } = await checkBuild(numbersBySequence, overtake);
    assert.match(Gapless.violations[0]?.what ?? '', /missing in the log/);
    assert.match(Liveness.violations.map(({ what }) => what).join(), /never arrived/);
    assert.match(Convergence.violations[0]?.what ?? '', /only on a fresh page: done/);
  });
});
