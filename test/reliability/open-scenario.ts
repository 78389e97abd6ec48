import type { Browser as Chromium } from 'playwright-core';
import { connectionOf } from '../../src/config/connection.ts';
import { makeFolder } from '../support/folder.ts';
import { startOwnPostgres } from '../support/own-postgres.ts';
import type { TestRedis } from '../support/redis.ts';
import { BrowserTab } from './browser-tab.ts';
import type { Scenario } from './scenario.ts';
import { ModelTab } from './model-tab.ts';
import { createPeople, type Browser, type Name, type People } from './people.ts';
import { randomOf } from './random.ts';
import { WatchedServer } from './servers.ts';
import { Writer } from './writers.ts';

export interface ScenarioOptions {
  seed: number;
  chromium: Chromium;
  /** Null: hints go over PostgreSQL. */
  redis: TestRedis | null;
}

/** How many of a user's browsers write, with one writer each; the last browser of each user only watches. */
const WRITERS: Record<Name, number> = { Ana: 2, Bob: 2, Eve: 1, Person4: 1, Person5: 1 };
/** Number of tabs without a browser; two more run in a real browser. */
const MODEL_TABS: Record<Name, number> = { Ana: 4, Bob: 4, Eve: 4, Person4: 3, Person5: 3 };
const BROWSERS = 4;

/** Starts servers, users, writers and tabs on a new database, all connected and idle. */
export async function openScenario({
  seed,
  chromium,
  redis,
}: ScenarioOptions): Promise<Scenario & { close(): Promise<void> }> {
  const random = randomOf(seed);
  const folder = makeFolder();
  const postgres = await startOwnPostgres();
  const servers: WatchedServer[] = [];
  const tabs: Scenario['tabs'] = [];
  const close = async (): Promise<void> => {
    await Promise.allSettled([...tabs.map((tab) => tab.close()), ...servers.map((server) => server.end('SIGKILL'))]);
    for (const server of servers) server.close();
    await postgres.remove();
    folder.remove();
  };
  try {
    const env = {
      DATABASE_URL: await postgres.createDatabase('reliability'),
      DATABASE_SSL: 'off',
      DATA_DIR: folder.dir,
      SESSION_SECRET: 'a secret for tests only',
      LOG_LEVEL: 'warn',
      ...(redis && { REDIS_URL: redis.url }),
    };
    const { people, team } = await createPeople(env, BROWSERS);
    const a = await WatchedServer.on('A', 2, env, folder.dir);
    const b = await WatchedServer.on('B', 1, env, folder.dir);
    servers.push(a, b);
    await Promise.all([a.start(), b.start()]);
    const models = await openModels(people, [a.url, b.url]);
    tabs.push(...models);
    const browserTabs = await Promise.all([
      BrowserTab.open(chromium, 'Ana, in a browser', a.url, people.Ana[1]!),
      BrowserTab.open(chromium, 'Bob, in a browser', b.url, people.Bob[1]!),
    ]);
    tabs.push(...browserTabs);
    const writers = each(people, WRITERS).map(
      ({ name, browser, index }) =>
        new Writer(
          `${name.toLowerCase()}${index + 1}`,
          browser,
          index % 2 === 0 ? [a.url, b.url] : [b.url, a.url],
          randomOf(random.next() * 2 ** 32),
        ),
    );
    return {
      a,
      b,
      postgres,
      database: connectionOf(env.DATABASE_URL, 'off'),
      env,
      redis,
      people,
      team: { ...team, unsettledUntil: new Map() },
      writers,
      tabs,
      models,
      chromium: browserTabs,
      extraWrites: [],
      absences: [],
      random,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Distributes the tabs over each user's browsers, last first, and over the servers. */
const openModels = (people: People, urls: string[]): Promise<ModelTab[]> =>
  Promise.all(
    each(people, MODEL_TABS).map(({ name, index }) => {
      const browsers = people[name];
      return new ModelTab(
        `${name} ${index + 1}`,
        urls[index % 2]!,
        browsers[browsers.length - 1 - (index >> 1)]!,
      ).open();
    }),
  );

const each = (people: People, numbers: Record<Name, number>): { name: Name; browser: Browser; index: number }[] =>
  (Object.entries(numbers) as [Name, number][]).flatMap(([name, number], turn) =>
    Array.from({ length: number }, (_, index) => ({ name, browser: people[name][index]!, index: index + (turn % 2) })),
  );
