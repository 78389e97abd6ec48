import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFlags, runnablePath } from '../support/compiled.ts';
import { runNode } from '../support/process.ts';
import { query, readVersions } from './database.ts';
import { tabsOf, type Scenario } from './scenario.ts';
import { removeAndReaddMember } from './membership.ts';
import { ModelTab } from './model-tab.ts';
import { signInAgain, signOut, type Browser } from './people.ts';
import type { WatchedServer } from './servers.ts';
import type { Tab } from './tab.ts';

export interface Attack {
  name: string;
  /** Not run while a process is suspended, because it kills that process or measures how soon access ends. */
  exclusive?: boolean;
  /** Resolves when everything is up again. */
  run(scenario: Scenario): Promise<void>;
}

/** After this time a tab whose access has ended must receive nothing. */
const GRACE_MS = 2000;
export const SUSPENSION_MS = 20_000;

const workerKill: Attack = { name: 'SIGKILL of a worker', run: killWorker };
const postgresCrash: Attack = {
  name: 'pg_ctl restart -m immediate',
  run: ({ postgres }) => postgres.restart('immediate'),
};
const backendTermination: Attack = { name: 'pg_terminate_backend of any', run: terminateBackends };
const socketCut: Attack = { name: 'sockets cut', run: cutSockets };
const lostHint: Attack = {
  name: 'a session ended, and its hint lost',
  exclusive: true,
  run: async (scenario) => {
    await loseHints(scenario);
    await endSession(scenario, 'Bob');
    await scenario.redis?.start();
  },
};
const memberRemoval: Attack = { name: 'a member removed, and back', run: removeAndReaddMember };
const accountDisabling: Attack = {
  name: 'an account disabled by another process',
  exclusive: true,
  run: disableAccount,
};

export const attacks: Attack[] = [
  workerKill,
  postgresCrash,
  backendTermination,
  socketCut,
  memberRemoval,
  lostHint,
  accountDisabling,
  {
    name: 'SIGKILL of a server',
    run: async ({ b }) => {
      await b.end('SIGKILL');
      await b.start();
    },
  },
  {
    name: 'SIGTERM of a server',
    run: async ({ b }) => {
      await b.end('SIGTERM');
      await b.start();
    },
  },
  {
    name: 'SIGKILL of a primary with its workers, and a session ended meanwhile',
    exclusive: true,
    run: (scenario) => endSession(scenario, 'Eve', scenario.a),
  },
  {
    name: 'SIGTERM of a primary with its workers',
    exclusive: true,
    run: async ({ a }) => {
      await a.end('SIGTERM');
      await a.start();
    },
  },
  { name: 'pg_ctl restart -m fast', run: ({ postgres }) => postgres.restart('fast') },
  { name: 'pg_terminate_backend of the LISTEN connections', run: (scenario) => terminateListeners(scenario) },
  {
    name: 'a browser offline and back',
    run: ({ chromium, random }) => random.pick(chromium).goOffline(random.between(1000, 4000)),
  },
  { name: 'a session ended', exclusive: true, run: (scenario) => endSession(scenario, 'Ana') },
];

/** Attacks for a run with hints over Redis. */
export const redisAttacks: Attack[] = [
  workerKill,
  postgresCrash,
  backendTermination,
  socketCut,
  memberRemoval,
  lostHint,
  accountDisabling,
  {
    name: 'SIGKILL of Redis',
    run: async ({ redis, random }) => {
      await redis?.kill();
      await sleep(random.between(500, 2000));
      await redis?.start();
    },
  },
  {
    name: 'SIGSTOP of Redis',
    run: async ({ redis, random }) => {
      const resume = redis?.suspend();
      await sleep(random.between(1000, 4000));
      resume?.();
    },
  },
];

/** Suspends a process (SIGSTOP) and resumes it. */
export async function suspendProcess({ a, random }: Scenario, milliseconds: number): Promise<void> {
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
  await a.ready();
}

async function terminateBackends({ database, random }: Scenario): Promise<void> {
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

/** @throws if there is no such connection: its application_name has changed */
async function terminateListeners({ database }: Scenario): Promise<void> {
  const cut = await query(
    database,
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'taskwire-bus'",
  );
  if (cut.length === 0) throw new Error('no LISTEN connection found');
}

async function loseHints(scenario: Scenario): Promise<void> {
  if (scenario.redis) await scenario.redis.kill();
  else await terminateListeners(scenario);
}

function cutSockets({ models, random }: Scenario): Promise<void> {
  for (const tab of random.shuffle(models).slice(0, Math.ceil(models.length / 2))) tab.cut();
  return Promise.resolve();
}

/**
 * Signs a browser out at one server while its tabs are open at both; then its user signs in again.
 * @param down the other server, killed before and started again afterwards
 */
async function endSession(scenario: Scenario, person: 'Ana' | 'Bob' | 'Eve', down?: WatchedServer): Promise<void> {
  const browser = scenario.people[person].at(-1)!;
  const tabs = tabsOf(scenario, [browser]);
  await down?.end('SIGKILL');
  await signOut(scenario.b.url, browser);
  await down?.start();
  await markEnded(scenario, tabs);
  await signBackIn(scenario, [browser], tabs);
}

/** Uses `npm run admin`, which sends no hints: servers have to notice it in the database. */
async function disableAccount(scenario: Scenario): Promise<void> {
  const { people, env, database, extraWrites } = scenario;
  const browsers = people.Person5;
  const { email, listId } = browsers[0]!;
  const tabs = tabsOf(scenario, browsers);
  await runAdmin('disable', email, env);
  await markEnded(scenario, tabs);
  // The list's only writer is disabled, so write directly to the database, in nobody's name: theirs is refused.
  const tag = `foreign-${extraWrites.length + 1}`;
  await query(
    database,
    'INSERT INTO tasks (list_id, description, created_at, updated_at) VALUES ($1, $2, now(), now())',
    [listId, `${tag} to do`],
  );
  extraWrites.push({ writer: 'psql', listId, tag, description: `${tag} to do`, state: 'open', unknown: false });
  await runAdmin('enable', email, env);
  await signBackIn(scenario, browsers, tabs);
}

/** From now on these tabs must receive nothing. */
async function markEnded({ database }: Scenario, tabs: Tab[]): Promise<void> {
  await sleep(GRACE_MS);
  const versions = await readVersions(database);
  for (const { record } of tabs) record.ended = { versions };
}

/** Signs the browsers in again and reopens as many tabs as were ended. */
async function signBackIn(scenario: Scenario, browsers: Browser[], ended: Tab[]): Promise<void> {
  for (const browser of browsers) await signInAgain(scenario.b.url, browser);
  for (const { browser, url, record } of ended) {
    const tab = await new ModelTab(`${record.name}'`, url, browser).open();
    scenario.models.push(tab);
    scenario.tabs.push(tab);
  }
  scenario.models = scenario.models.filter(({ record }) => record.ended === null);
}

async function runAdmin(command: 'disable' | 'enable', email: string, env: Record<string, string>): Promise<void> {
  const program = runNode([...nodeFlags(), runnablePath('src/cli/admin.ts'), command, email], env);
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`${command}: ${program.err()}`);
}
