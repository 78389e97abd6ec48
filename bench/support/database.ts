import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { urlOf, type Connection } from '../../src/config/connection.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/index.ts';

export interface BenchDatabase {
  connection: Connection;
  url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL for measuring, which writes to the disk as a real one does. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'taskwire-bench-'));
  const server = await startEmbeddedPostgres({ dir, database: 'bench', maxConnections: 100 });
  return {
    connection: server.connection,
    url: urlOf(server.connection),
    async stop() {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Where pgbench and psql are. @throws with the remedy where they are not */
export function postgresClient(name: 'pgbench' | 'psql'): string {
  const debian = '/usr/lib/postgresql';
  const versions = (() => { try { return readdirSync(debian).sort((a, b) => Number(b) - Number(a)); } catch { return []; } })();
  const found = [name, ...versions.map((version) => path.join(debian, version, 'bin', name))].find((file) => spawnSync(file, ['--version']).status === 0);
  if (!found) throw new Error(`${name} is missing: install PostgreSQL's client programs (on Debian: apt-get install postgresql postgresql-contrib).`);
  return found;
}
