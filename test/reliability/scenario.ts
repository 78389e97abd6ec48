import type { Connection } from '../../src/config/connection.ts';
import type { OwnPostgres } from '../support/own-postgres.ts';
import type { TestRedis } from '../support/redis.ts';
import type { BrowserTab } from './browser-tab.ts';
import type { ModelTab } from './model-tab.ts';
import type { Browser, People, SharedTeam } from './people.ts';
import type { Random } from './random.ts';
import type { WatchedServer } from './servers.ts';
import type { Absence, Written } from './evidence.ts';
import type { Tab } from './tab.ts';
import type { Writer } from './writers.ts';

/** Everything that takes part in a run. */
export interface Scenario {
  /** Two workers on one port. */
  a: WatchedServer;
  /** One process. */
  b: WatchedServer;
  postgres: OwnPostgres;
  /** Of the servers. */
  database: Connection;
  /** What every server is started with. */
  env: Record<string, string>;
  /** Null: PostgreSQL carries the hints. */
  redis: TestRedis | null;
  people: People;
  team: SharedTeam & { /** Who is left alone until then, by user id. */ rests: Map<number, number> };
  writers: Writer[];
  /** All that were ever open, those of ended sessions too. */
  tabs: Tab[];
  models: ModelTab[];
  chromium: BrowserTab[];
  /** Written past the servers. */
  foreign: Written[];
  absences: Absence[];
  random: Random;
}

export const tabsOf = ({ tabs }: Scenario, browsers: Browser[]): Tab[] =>
  tabs.filter(({ browser, record }) => browsers.includes(browser) && record.ended === null);
