import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { urlOf, type Connection } from '../../src/config/connection.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/index.ts';

export interface BenchDatabase {
  connection: Connection;
  /** Environment variables that point a server at it. */
  env: { DATABASE_URL: string; DATABASE_SSL: string };
  stop(): Promise<void>;
}

/** Starts a PostgreSQL with fsync on, as in production. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'taskwire-bench-'));
  const folders = [dir];
  const remove = (): void => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { connection, dataDir, stop } = await startEmbeddedPostgres({ dir, database: 'bench', maxConnections: 100 });
    // Differs from `dir` when started as root: the cluster then lives where the unprivileged user can reach it.
    folders.push(path.dirname(dataDir));
    return {
      connection,
      env: { DATABASE_URL: urlOf(connection), DATABASE_SSL: 'off' },
      async stop() {
        await stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** @returns the path of pgbench or psql @throws with installation instructions if it is missing */
export function postgresClient(name: 'pgbench' | 'psql'): string {
  const debian = '/usr/lib/postgresql';
  const versions = (() => {
    try {
      return readdirSync(debian).sort((a, b) => Number(b) - Number(a));
    } catch {
      return [];
    }
  })();
  const found = [name, ...versions.map((version) => path.join(debian, version, 'bin', name))].find(
    (file) => spawnSync(file, ['--version']).status === 0,
  );
  if (!found)
    throw new Error(
      `${name} is missing: install PostgreSQL's client programs (on Debian: apt-get install postgresql postgresql-contrib).`,
    );
  return found;
}
