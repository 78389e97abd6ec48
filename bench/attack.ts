import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { attackNames, type AttackName, type Target } from './support/attacker.ts';
import { startBenchDatabase } from './support/database.ts';
import { median, quantile, type Figure } from './support/figures.ts';
import { createToken, loadPositions, postTask, register } from './support/people.ts';
import { acquire } from './support/resources.ts';
import { startServer, terminate, waitForLine } from './support/server.ts';

/** Between two pages of the stranger, who reads rather than attacks. */
const PAUSE_MS = 20;

/** A stranger's list page while one person does their worst, compared with the same page at rest just before. */
export async function attack({ seconds, rounds }: { seconds: number; rounds: number }): Promise<Figure[]> {
  const { env } = await acquire(startBenchDatabase);
  const server = await acquire(() => startServer({ ...env, RATE_LIMITS: 'on', LOG_LEVEL: 'error' }));
  const { url } = server;
  const stranger = await register(url, 'ana');
  for (let n = 0; n < 50; n += 1) await postTask(url, stranger, `Task number ${String(n)} of the benchmark`);
  // Each attack by an account of its own, whose limits no other attack has used up.
  const targets = new Map<AttackName, Target>();
  for (const [n, name] of attackNames.entries()) {
    const cookie = await register(url, `mallory${String(n)}`);
    const [listId = ''] = Object.keys(await loadPositions(url, cookie));
    targets.set(name, { url, cookie, token: await createToken(url, `mallory${String(n)}`), listId });
  }

  const pages = (): Promise<number[]> => loadPages(url, stranger, seconds);
  const under = async (name: AttackName): Promise<number[]> => {
    const attacker = spawn(
      process.execPath,
      ['--import', 'tsx', 'bench/support/attacker.ts', name, JSON.stringify(targets.get(name))],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    acquire(() => ({ stop: () => terminate(attacker) }));
    await waitForLine(attacker, createInterface({ input: attacker.stdout }), /attacking/);
    const times = await pages();
    await terminate(attacker);
    return times;
  };

  await pages();
  const usual = median(await pages());
  const figures: Figure[] = [];
  const atRest: number[] = [];
  for (const name of attackNames) {
    const rounded: { rest: number; attacked: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const rest = quantile(await pages(), 0.99);
      rounded.push({ rest, attacked: quantile(await under(name), 0.99) });
      atRest.push(rest);
      await untilQuiet(url, stranger, usual);
    }
    figures.push(
      {
        name: `while one person attacks: ${name}, p99`,
        value: median(rounded.map(({ attacked }) => attacked)),
        unit: 'ms',
      },
      {
        name: `${name} ÷ at rest, p99`,
        value: median(rounded.map(({ rest, attacked }) => attacked / rest)),
        unit: '',
        goal: { is: 'at most', value: 3 },
      },
    );
  }
  return [{ name: 'a stranger’s page at rest, p99', value: median(atRest), unit: 'ms' }, ...figures];
}

/** @returns the milliseconds that each page took */
async function loadPages(url: string, cookie: string, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    times.push(await loadPage(url, cookie));
    await pause(PAUSE_MS);
  }
  return times;
}

async function loadPage(url: string, cookie: string): Promise<number> {
  const start = performance.now();
  const response = await fetch(url, { headers: { cookie, accept: 'text/html' } });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`the stranger’s page responded with ${String(response.status)}`);
  return performance.now() - start;
}

/** What the attack has left to do is done: ten pages in a row are as quick as usual. */
async function untilQuiet(url: string, cookie: string, usual: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (let quick = 0; quick < 10 && performance.now() < deadline;)
    quick = (await loadPage(url, cookie)) < 2 * usual ? quick + 1 : 0;
}
