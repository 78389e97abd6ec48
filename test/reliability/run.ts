import { monitorEventLoopDelay } from 'node:perf_hooks';
import { arrive, becomeCurrent, findOut, finish, openTabs, readStored } from './assertions.ts';
import { membershipLoad } from './membership-load.ts';
import { versionsIn } from './database.ts';
import type { Evidence, LoneWrite } from './evidence.ts';
import type { Scenario } from './scenario.ts';
import { runNemesis } from './nemesis.ts';
import { openScenario, type ScenarioOptions } from './open-scenario.ts';

export interface RunOptions extends ScenarioOptions {
  minutes: number;
  /** Hears what is done. */
  say(line: string): void;
}

/** So long after the nemesis everything has to be as it should. */
const IDLE_GRACE_MS = 10_000;
const CYCLES_A_MINUTE = 1000;

/**
 * Writers write, tabs look on, the nemesis strikes; then it is quiet, and everything is written down.
 * @returns what was seen, and what the servers wrote
 */
export async function run({ minutes, say, ...options }: RunOptions): Promise<{ evidence: Evidence; log: string }> {
  const scenario = await openScenario(options);
  try {
    for (const writer of scenario.writers) writer.start();
    await runNemesis(scenario, minutes, say);
    await Promise.all(scenario.writers.map((writer) => writer.stop()));
    await Promise.all([
      becomeCurrent(openTabs(scenario.tabs), scenario.database, IDLE_GRACE_MS),
      findOut(scenario.tabs, IDLE_GRACE_MS),
    ]);
    const lone = await writeAlone(scenario);
    await finish(openTabs(scenario.tabs), IDLE_GRACE_MS);
    const stored = await readStored(scenario.database);
    for (const tab of scenario.tabs) await tab.close();
    const came = await membershipLoad(
      scenario.b,
      Object.values(scenario.people).flat(),
      Math.ceil(Math.max(1, minutes) * CYCLES_A_MINUTE),
    );
    await Promise.all([scenario.a.end('SIGTERM'), scenario.b.end('SIGTERM')]);
    return {
      evidence: {
        stored,
        written: [...scenario.writers.flatMap(({ written }) => written), ...scenario.foreign],
        contradictions: scenario.writers.flatMap(({ name, browser, contradictions }) =>
          contradictions.map((what) => ({ writer: name, listId: browser.listId, what })),
        ),
        tabs: scenario.tabs.map(({ record }) => record),
        absences: scenario.absences,
        lone,
        exits: [...scenario.a.exits, ...scenario.b.exits],
        membershipLoad: came,
      },
      log: logOf(scenario),
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${logOf(scenario)}`, { cause: error });
  } finally {
    for (const writer of scenario.writers) writer.stop().catch(() => undefined);
    await scenario.close();
  }
}

/** One write in each list with nothing going on; the last of them is the last event before silence. */
async function writeAlone(scenario: Scenario): Promise<LoneWrite[]> {
  const lone: LoneWrite[] = [];
  for (const listId of new Set(scenario.writers.map(({ browser }) => browser.listId))) {
    const stalls = monitorEventLoopDelay({ resolution: 10 });
    stalls.enable();
    const acknowledgedAt = await scenario.writers.find(({ browser }) => browser.listId === listId)!.writeOne();
    const version = (await versionsIn(scenario.database))[listId] ?? 0;
    await arrive(openTabs(scenario.tabs), listId, version, IDLE_GRACE_MS);
    stalls.disable();
    lone.push({ listId, version, acknowledgedAt, stall: stalls.max / 1e6 });
  }
  return lone;
}

const LOG_LENGTH = 6000;
const logOf = ({ a, b }: Scenario): string =>
  [a, b].map(({ name, log }) => `${name}: ${log.slice(-LOG_LENGTH)}`).join('\n');
