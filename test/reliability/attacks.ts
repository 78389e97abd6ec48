import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFlags, runnablePath } from '../support/compiled.ts';
import { runNode } from '../support/process.ts';
import { query, versionsIn } from './database.ts';
import { tabsOf, type Scenario } from './scenario.ts';
import { removeAndReaddMember } from './membership.ts';
import { ModelTab } from './model-tab.ts';
import { signInAgain, signOut, type Browser } from './people.ts';
import type { WatchedServer } from './servers.ts';
import type { Tab } from './tab.ts';

export interface Attack {
  name: string;
  /** Only while no process stands still: it kills that one, or measures how soon a right ends. */
  alone?: boolean;
  /** Resolves when everything is up again. */
  strike(scenario: Scenario): Promise<void>;
}

/** So soon nothing may reach a tab any more whose access has ended. */
const GRACE_MS = 2000;
export const STANDSTILL_MS = 20_000;

const killsWorker: Attack = { name: 'SIGKILL of a worker', strike: killWorker };
const crashesPostgres: Attack = {
  name: 'pg_ctl restart -m immediate',
  strike: ({ postgres }) => postgres.restart('immediate'),
};
const cutsBackends: Attack = { name: 'pg_terminate_backend of any', strike: terminateSome };
const cutsSockets: Attack = { name: 'sockets cut', strike: cutSockets };
const losesHint: Attack = {
  name: 'a session ended, and its hint lost',
  alone: true,
  strike: async (scenario) => {
    await loseHints(scenario);
    await endSession(scenario, 'Bob');
    await scenario.redis?.start();
  },
};
const removesAndReaddsMember: Attack = { name: 'a member removed, and back', strike: removeAndReaddMember };
const disables: Attack = { name: 'an account disabled by another process', alone: true, strike: disableAccount };

export const attacks: Attack[] = [
  killsWorker,
  crashesPostgres,
  cutsBackends,
  cutsSockets,
  removesAndReaddsMember,
  losesHint,
  disables,
  {
    name: 'SIGKILL of a server',
    strike: async ({ b }) => {
      await b.end('SIGKILL');
      await b.start();
    },
  },
  {
    name: 'SIGTERM of a server',
    strike: async ({ b }) => {
      await b.end('SIGTERM');
      await b.start();
    },
  },
  {
    name: 'SIGKILL of a primary with its workers, and a session ended meanwhile',
    alone: true,
    strike: (scenario) => endSession(scenario, 'Eve', scenario.a),
  },
  {
    name: 'SIGTERM of a primary with its workers',
    alone: true,
    strike: async ({ a }) => {
      await a.end('SIGTERM');
      await a.start();
    },
  },
  { name: 'pg_ctl restart -m fast', strike: ({ postgres }) => postgres.restart('fast') },
  { name: 'pg_terminate_backend of the LISTEN connections', strike: (scenario) => cutListening(scenario) },
  {
    name: 'a browser offline and back',
    strike: ({ chromium, random }) => random.pick(chromium).goOffline(random.between(1000, 4000)),
  },
  { name: 'a session ended', alone: true, strike: (scenario) => endSession(scenario, 'Ana') },
];

/** Where Redis carries the hints: what has to do with it. */
export const redisAttacks: Attack[] = [
  killsWorker,
  crashesPostgres,
  cutsBackends,
  cutsSockets,
  removesAndReaddsMember,
  losesHint,
  disables,
  {
    name: 'SIGKILL of Redis',
    strike: async ({ redis, random }) => {
      await redis?.kill();
      await sleep(random.between(500, 2000));
      await redis?.start();
    },
  },
  {
    name: 'SIGSTOP of Redis',
    strike: async ({ redis, random }) => {
      const goOn = redis?.hush();
      await sleep(random.between(1000, 4000));
      goOn?.();
    },
  },
];

/** A process stands still, and goes on as if nothing had been. */
export async function standStill({ a, random }: Scenario, milliseconds: number): Promise<void> {
  const pid = random.pick(a.serving);
  process.kill(pid, 'SIGSTOP');
  try {
    await sleep(milliseconds);
  } finally {
    a.resume(pid);
  }
}

async function killWorker({ a, random }: Scenario): Promise<void> {
  await a.kill(random.pick(a.serving));
  await a.whole();
}

async function terminateSome({ database, random }: Scenario): Promise<void> {
  const backends = await query<{ pid: number }>(
    database,
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY pid",
  );
  const chosen = random
    .shuffle(backends)
    .slice(0, Math.ceil(backends.length / 2))
    .map(({ pid }) => pid);
  await query(database, 'SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid', [chosen]);
}

/** @throws where nobody listens: the name of the connection has changed */
async function cutListening({ database }: Scenario): Promise<void> {
  const cut = await query(
    database,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'taskwire-bus'",
  );
  if (cut.length === 0) throw new Error('no connection listens');
}

async function loseHints(scenario: Scenario): Promise<void> {
  if (scenario.redis) await scenario.redis.kill();
  else await cutListening(scenario);
}

function cutSockets({ models, random }: Scenario): Promise<void> {
  for (const tab of random.shuffle(models).slice(0, Math.ceil(models.length / 2))) tab.cut();
  return Promise.resolve();
}

/**
 * Signs one browser out at the one server while its tabs are open at both; then its person signs in with it anew.
 * @param down of the two servers, the other one: killed before, and started again after
 */
async function endSession(scenario: Scenario, person: 'Ana' | 'Bob' | 'Eve', down?: WatchedServer): Promise<void> {
  const browser = scenario.people[person].at(-1)!;
  const tabs = tabsOf(scenario, [browser]);
  await down?.end('SIGKILL');
  await signOut(scenario.b.url, browser);
  await down?.start();
  await endedSince(scenario, tabs);
  await comeBack(scenario, [browser], tabs);
}

/** By `npm run admin`, whose process tells the servers nothing: the database does. */
async function disableAccount(scenario: Scenario): Promise<void> {
  const { people, env, database, foreign } = scenario;
  const browsers = people.Person5;
  const { email, listId, userId } = browsers[0]!;
  const tabs = tabsOf(scenario, browsers);
  await administer('disable', email, env);
  await endedSince(scenario, tabs);
  // Nobody who may write there is left, and yet something is written.
  const tag = `foreign-${foreign.length + 1}`;
  await query(
    database,
    'INSERT INTO tasks (list_id, user_id, description, created_at, updated_at) VALUES ($1, $2, $3, now(), now())',
    [listId, userId, `${tag} to do`],
  );
  foreign.push({ writer: 'psql', listId, tag, description: `${tag} to do`, state: 'open', unknown: false });
  await administer('enable', email, env);
  await comeBack(scenario, browsers, tabs);
}

/** From now on nothing may reach these tabs. */
async function endedSince({ database }: Scenario, tabs: Tab[]): Promise<void> {
  await sleep(GRACE_MS);
  const versions = await versionsIn(database);
  for (const { record } of tabs) record.ended = { versions };
}

/** Signs the browsers in anew, and opens as many tabs as were ended. */
async function comeBack(scenario: Scenario, browsers: Browser[], ended: Tab[]): Promise<void> {
  for (const browser of browsers) await signInAgain(scenario.b.url, browser);
  for (const { browser, url, record } of ended) {
    const tab = await new ModelTab(`${record.name}'`, url, browser).open();
    scenario.models.push(tab);
    scenario.tabs.push(tab);
  }
  scenario.models = scenario.models.filter(({ record }) => record.ended === null);
}

async function administer(command: 'disable' | 'enable', email: string, env: Record<string, string>): Promise<void> {
  const program = runNode([...nodeFlags(), runnablePath('src/cli/admin.ts'), command, email], env);
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`${command}: ${program.err()}`);
}
