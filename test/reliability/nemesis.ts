import { setTimeout as sleep } from 'node:timers/promises';
import { attacks, redisAttacks, standStill, STANDSTILL_MS, type Attack } from './attacks.ts';
import type { Scenario } from './scenario.ts';

const PAUSE_MS = { from: 300, to: 1000 };

/**
 * Goes through every attack in an order of chance, as often as there is time, once at least. In each round,
 * unless it is all about Redis, one process stands still for a while, and what can be done meanwhile is done meanwhile.
 * @param say hears what is done, with the milliseconds that it took
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
    // Whoever signs in or out does so at a server that stands.
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
