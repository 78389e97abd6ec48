import type { Sequelize } from 'sequelize';
import { readSettings, type Settings } from '../../src/config/env.ts';
import { createLogger, type Logger } from '../../src/lib/logger.ts';
import { start } from '../../src/server.ts';
import './compiled-views.ts';
import { createTestDatabase } from './database.ts';
import { makeFolder } from './folder.ts';

export interface TestApp {
  /** Without a slash at the end. */
  url: string;
  sequelize: Sequelize;
  settings: Settings;
  close(): Promise<void>;
}

/**
 * The whole server in this process, on a port and a database of its own; one at a time, because models are
 * classes. Two servers at once are two processes.
 * @param overrides settings that the test is about
 */
export async function startApp(
  overrides: Partial<Settings> = {},
  log: Logger = createLogger('silent'),
): Promise<TestApp> {
  const database = await createTestDatabase();
  const folder = makeFolder();
  const settings: Settings = {
    ...readSettings({
      DATABASE_URL: database.url,
      DATABASE_SSL: 'off',
      DATA_DIR: folder.dir,
      PORT: '0',
      HOST: '127.0.0.1',
      BCRYPT_COST: '4',
      SESSION_SECRET: 'a secret for tests only',
    }),
    ...overrides,
  };
  const running = await start(settings, { log, idleGraceMs: 0 });
  await running.ready;
  return {
    url: running.url,
    sequelize: running.sequelize,
    settings,
    async close() {
      await running.close();
      await database.drop();
      folder.remove();
    },
  };
}
