import { readSettings } from '../../src/config/env.ts';
import type { openTestDatabase } from './database.ts';
import { makeFolder } from './folder.ts';
import { addressOf, runServer, type Program } from './process.ts';
import { createWorld, type World } from './world.ts';

export interface TwoServers {
  database: Awaited<ReturnType<typeof openTestDatabase>>;
  servers: Program[];
  /** Their addresses. */
  urls: [a: string, b: string];
  world: World;
  close(): Promise<void>;
}

/** Starts two server processes on the database that this process's models use. @param env additional settings of both */
export async function startTwoServers(
  database: TwoServers['database'],
  env: Record<string, string> = {},
): Promise<TwoServers> {
  const folder = makeFolder();
  const settings = {
    DATABASE_URL: database.url,
    DATABASE_SSL: 'off',
    SESSION_SECRET: 'a secret for tests only',
    DATA_DIR: folder.dir,
    ...env,
  };
  const servers = [runServer(settings), runServer(settings)];
  const [a = '', b = ''] = await Promise.all(servers.map(addressOf));
  return {
    database,
    servers,
    urls: [a, b],
    world: await createWorld({ url: a, settings: readSettings({ ...settings, PORT: '0' }) }),
    async close() {
      await Promise.all(servers.map((server) => server.kill()));
      await database.close();
      folder.remove();
    },
  };
}
