import { monitorEventLoopDelay } from 'node:perf_hooks';
import { arrive, becomeCurrent, findOut, finish, openTabs, readStored } from './assertions.ts';
import { churn } from './membership-load.ts';
import { versionsIn } from './database.ts';
import type { Evidence, LoneWrite } from './evidence.ts';
import type { Field } from './scenario.ts';
import { letLoose } from './nemesis.ts';
import { openField, type FieldOptions } from './open-scenario.ts';

export interface RunOptions extends FieldOptions {
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
  const field = await openField(options);
  try {
    for (const writer of field.writers) writer.start();
    await letLoose(field, minutes, say);
    await Promise.all(field.writers.map((writer) => writer.stop()));
    await Promise.all([
      becomeCurrent(openTabs(field.tabs), field.database, IDLE_GRACE_MS),
      findOut(field.tabs, IDLE_GRACE_MS),
    ]);
    const lone = await writeAlone(field);
    await finish(openTabs(field.tabs), IDLE_GRACE_MS);
    const stored = await readStored(field.database);
    for (const tab of field.tabs) await tab.close();
    const came = await churn(
      field.b,
      Object.values(field.people).flat(),
      Math.ceil(Math.max(1, minutes) * CYCLES_A_MINUTE),
    );
    await Promise.all([field.a.end('SIGTERM'), field.b.end('SIGTERM')]);
    return {
      evidence: {
        stored,
        written: [...field.writers.flatMap(({ written }) => written), ...field.foreign],
        contradictions: field.writers.flatMap(({ name, browser, contradictions }) =>
          contradictions.map((what) => ({ writer: name, listId: browser.listId, what })),
        ),
        tabs: field.tabs.map(({ record }) => record),
        absences: field.absences,
        lone,
        exits: [...field.a.exits, ...field.b.exits],
        churn: came,
      },
      log: logOf(field),
    };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${logOf(field)}`, { cause: error });
  } finally {
    for (const writer of field.writers) writer.stop().catch(() => undefined);
    await field.close();
  }
}

/** One write in each list with nothing going on; the last of them is the last event before silence. */
async function writeAlone(field: Field): Promise<LoneWrite[]> {
  const lone: LoneWrite[] = [];
  for (const listId of new Set(field.writers.map(({ browser }) => browser.listId))) {
    const stalls = monitorEventLoopDelay({ resolution: 10 });
    stalls.enable();
    const acknowledgedAt = await field.writers.find(({ browser }) => browser.listId === listId)!.writeOne();
    const version = (await versionsIn(field.database))[listId] ?? 0;
    await arrive(openTabs(field.tabs), listId, version, IDLE_GRACE_MS);
    stalls.disable();
    lone.push({ listId, version, acknowledgedAt, stall: stalls.max / 1e6 });
  }
  return lone;
}

const LOG_LENGTH = 6000;
const logOf = ({ a, b }: Field): string =>
  [a, b].map(({ name, log }) => `${name}: ${log.slice(-LOG_LENGTH)}`).join('\n');
