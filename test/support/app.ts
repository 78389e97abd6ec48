import type { Sequelize } from 'sequelize';
import { readSettings, type Settings } from '../../src/config/env.ts';
import { createLogger, type Logger } from '../../src/lib/logger.ts';
import { start } from '../../src/server.ts';
import './compiled-views.ts';
import { createTestDatabase } from './database.ts';
import { makeFolder } from './folder.ts';

export interface TestApp {
  /** Without a trailing slash. */
  url: string;
  sequelize: Sequelize;
  settings: Settings;
  close(): Promise<void>;
}

/**
 * Starts the server in this process, on its own port and database. Only one at a time, because models are classes; for
 * more, use server processes.
 * @param overrides settings under test
 * @param template what the database is made from
 */
export async function startApp(
  overrides: Partial<Settings> = {},
  log: Logger = createLogger('silent'),
  template?: string,
): Promise<TestApp> {
  const database = await createTestDatabase({ ...(template !== undefined && { template }) });
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
