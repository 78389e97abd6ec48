import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import {
  announcesBeforeCommit,
  emitsFromTheHook,
  numbersBySequence,
  sound,
  type BrokenBuild,
} from './broken-builds.ts';
import { check, type Figures } from './checker.ts';
import { holdCommit, holdFirstRow, overtake } from './forced.ts';
import { violationsOf } from './report.ts';
import { openSetup, type Setup } from './setup.ts';

type Load = (setup: Setup) => Promise<void>;

suite('The checker, of a short load on a build', () => {
  let postgres: OwnPostgres;
  before(async () => {
    postgres = await startOwnPostgres();
  });
  after(() => postgres.remove());

  const figuresOf = async (build: BrokenBuild, ...loads: Load[]): Promise<Figures> => {
    const setup = await openSetup(build, postgres);
    try {
      for (const load of loads) await load(setup);
      return check(await setup.evidence());
    } finally {
      await setup.close();
    }
  };

  test('that is as it should be, finds nothing', async () => {
    assert.deepEqual(violationsOf(await figuresOf(sound, holdFirstRow, holdCommit, overtake)), []);
  });

  test('that emits straight from the hook, finds events out of order', async () => {
    const { Order } = await figuresOf(emitsFromTheHook, holdFirstRow);
    assert.match(Order.violations[0]?.what ?? '', /came after/);
  });

  test('that announces before the commit and has no sweep, finds a last event that never arrives', async () => {
    const { Liveness, Convergence } = await figuresOf(announcesBeforeCommit, holdCommit);
    assert.match(Liveness.violations.map(({ what }) => what).join(), /never arrived/);
    assert.match(Convergence.violations[0]?.what ?? '', /only on a fresh page: done/);
  });

  test('that numbers by a sequence, finds a gap, and a change that no tab ever sees', async () => {
    const { Gapless, Liveness, Convergence } = await figuresOf(numbersBySequence, overtake);
    assert.match(Gapless.violations[0]?.what ?? '', /missing in the log/);
    assert.match(Liveness.violations.map(({ what }) => what).join(), /never arrived/);
    assert.match(Convergence.violations[0]?.what ?? '', /only on a fresh page: done/);
  });
});
