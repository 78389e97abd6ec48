import { setTimeout as sleep } from 'node:timers/promises';
import { attacks, redisAttacks, standStill, STANDSTILL_MS, type Attack } from './attacks.ts';
import type { Scenario } from './scenario.ts';

const PAUSE_MS = { from: 300, to: 1000 };

/**
 * Runs every attack in random order, repeatedly while there is time, at least once. In each round, except for Redis
 * only, one process is suspended for a while, and attacks that allow it run meanwhile.
 * @param say receives each attack with its duration
 */
export async function runNemesis(scenario: Scenario, minutes: number, say: (line: string) => void): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  let round: number;
  do {
    const began = performance.now();
    const all = scenario.random.shuffle(scenario.redis ? redisAttacks : attacks);
    const standing = scenario.redis ? null : standStill(scenario, STANDSTILL_MS);
    for (const attack of all.filter(({ alone }) => !alone)) await strike(attack, scenario, say);
    if (standing) {
      await standing;
      say(`SIGSTOP of a worker for ${STANDSTILL_MS} ms is over`);
    }
    // Sign-in and sign-out need a running server.
    await Promise.all([scenario.a.whole(), scenario.b.whole()]);
    for (const attack of all.filter(({ alone }) => alone)) await strike(attack, scenario, say);
    round = performance.now() - began;
  } while (performance.now() + round / 2 < end);
}

async function strike(
  { name, strike: applySideEffects }: Attack,
  scenario: Scenario,
  say: (line: string) => void,
): Promise<void> {
  const began = performance.now();
  try {
    await applySideEffects(scenario);
  } catch (error) {
    throw new Error(`after ${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  say(`${name}: ${(performance.now() - began).toFixed(0)} ms`);
  await sleep(scenario.random.between(PAUSE_MS.from, PAUSE_MS.to));
}
