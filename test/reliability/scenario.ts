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

/** The participants of a run. */
export interface Scenario {
  /** A server with two workers on one port. */
  a: WatchedServer;
  /** A server with one process. */
  b: WatchedServer;
  postgres: OwnPostgres;
  /** The servers' database. */
  database: Connection;
  /** The servers' environment. */
  env: Record<string, string>;
  /** Null: hints go over PostgreSQL. */
  redis: TestRedis | null;
  people: People;
  team: SharedTeam & {
    /** When a user's membership may change again, by user id. */ unsettledUntil: Map<number, number>;
  };
  writers: Writer[];
  /** All tabs ever opened, including those of ended sessions. */
  tabs: Tab[];
  models: ModelTab[];
  chromium: BrowserTab[];
  /** Tasks written other than by the writers. */
  extraWrites: Written[];
  absences: Absence[];
  random: Random;
}

export const tabsOf = ({ tabs }: Scenario, browsers: Browser[]): Tab[] =>
  tabs.filter(({ browser, record }) => browsers.includes(browser) && record.ended === null);
