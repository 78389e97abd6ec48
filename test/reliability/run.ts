import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  waitForVersion,
  waitUntilCurrent,
  waitUntilEnded,
  recordFinalState,
  liveTabs,
  readStored,
} from './final-state.ts';
import { connectionLoad } from './connection-load.ts';
import { readVersions } from './database.ts';
import type { Evidence, IsolatedWrite } from './evidence.ts';
import type { Scenario } from './scenario.ts';
import { runNemesis } from './nemesis.ts';
import { openScenario, type ScenarioOptions } from './open-scenario.ts';

export interface RunOptions extends ScenarioOptions {
  minutes: number;
  /** Receives a line for each action. */
  log(line: string): void;
}

/** The time within which every tab must become current after the attacks. */
const CATCH_UP_LIMIT_MS = 10_000;
const CYCLES_PER_MINUTE = 1000;

/**
 * Runs writers, tabs and attacks; then stops the load and records everything.
 * @returns the evidence, and the servers' logs
 */
export async function run({ minutes, log, ...options }: RunOptions): Promise<{ evidence: Evidence; log: string }> {
  const scenario = await openScenario(options);
  try {
    for (const writer of scenario.writers) writer.start();
    await runNemesis(scenario, minutes, log);
    await Promise.all(scenario.writers.map((writer) => writer.stop()));
    await Promise.all([
      waitUntilCurrent(liveTabs(scenario.tabs), scenario.database, CATCH_UP_LIMIT_MS),
      waitUntilEnded(scenario.tabs, CATCH_UP_LIMIT_MS),
    ]);
    const isolatedWrites = await writeIsolated(scenario);
    await recordFinalState(liveTabs(scenario.tabs), CATCH_UP_LIMIT_MS);
    const stored = await readStored(scenario.database);
    for (const tab of scenario.tabs) await tab.close();
    const load = await connectionLoad(
      scenario.b,
      Object.values(scenario.people).flat(),
      Math.ceil(Math.max(1, minutes) * CYCLES_PER_MINUTE),
    );
    await Promise.all([scenario.a.end('SIGTERM'), scenario.b.end('SIGTERM')]);
    return {
      evidence: {
        stored,
        written: [...scenario.writers.flatMap(({ written }) => written), ...scenario.extraWrites],
        contradictions: scenario.writers.flatMap(({ name, browser, contradictions }) =>
          contradictions.map((what) => ({ writer: name, listId: browser.listId, what })),
        ),
        tabs: scenario.tabs.map(({ record }) => record),
        absences: scenario.absences,
        isolatedWrites,
        exits: [...scenario.a.exits, ...scenario.b.exits],
        connectionLoad: load,
      },
      log: formatLogs(scenario),
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${formatLogs(scenario)}`, {
      cause: error,
    });
  } finally {
    for (const writer of scenario.writers) writer.stop().catch(() => undefined);
    await scenario.close();
  }
}

/** Writes once to each list, without other load; the last of these writes is the last event of the run. */
async function writeIsolated(scenario: Scenario): Promise<IsolatedWrite[]> {
  const isolatedWrites: IsolatedWrite[] = [];
  for (const listId of new Set(scenario.writers.map(({ browser }) => browser.listId))) {
    const stalls = monitorEventLoopDelay({ resolution: 10 });
    stalls.enable();
    const acknowledgedAt = await scenario.writers.find(({ browser }) => browser.listId === listId)!.writeOne();
    const version = (await readVersions(scenario.database))[listId] ?? 0;
    await waitForVersion(liveTabs(scenario.tabs), listId, version, CATCH_UP_LIMIT_MS);
    stalls.disable();
    isolatedWrites.push({ listId, version, acknowledgedAt, stall: stalls.max / 1e6 });
  }
  return isolatedWrites;
}

const LOG_LENGTH = 6000;
const formatLogs = ({ a, b }: Scenario): string =>
  [a, b].map(({ name, log }) => `${name}: ${log.slice(-LOG_LENGTH)}`).join('\n');
