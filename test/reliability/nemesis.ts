import { setTimeout as sleep } from 'node:timers/promises';
import { attacks, redisAttacks, suspendProcess, SUSPENSION_MS, type Attack } from './attacks.ts';
import type { Scenario } from './scenario.ts';

const PAUSE_MS = { from: 300, to: 1000 };

/**
 * Runs every attack in random order, at least once, and repeats while there is time. In each round, except with Redis,
 * one process is suspended for a while; the attacks that are not exclusive run meanwhile.
 * @param log receives a line for each attack, with its duration
 */
export async function runNemesis(scenario: Scenario, minutes: number, log: (line: string) => void): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  let round: number;
  do {
    const start = performance.now();
    const shuffled = scenario.random.shuffle(scenario.redis ? redisAttacks : attacks);
    const suspension = scenario.redis ? null : suspendProcess(scenario, SUSPENSION_MS);
    for (const attack of shuffled.filter(({ exclusive }) => !exclusive)) await runAttack(attack, scenario, log);
    if (suspension) {
      await suspension;
      log(`SIGSTOP of a worker for ${SUSPENSION_MS} ms has ended`);
    }
    // Sign-in and sign-out need a running server.
    await Promise.all([scenario.a.ready(), scenario.b.ready()]);
    for (const attack of shuffled.filter(({ exclusive }) => exclusive)) await runAttack(attack, scenario, log);
    round = performance.now() - start;
  } while (performance.now() + round / 2 < end);
}

async function runAttack({ name, run }: Attack, scenario: Scenario, log: (line: string) => void): Promise<void> {
  const start = performance.now();
  try {
    await run(scenario);
  } catch (error) {
    throw new Error(`after ${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  log(`${name}: ${(performance.now() - start).toFixed(0)} ms`);
  await sleep(scenario.random.between(PAUSE_MS.from, PAUSE_MS.to));
}
