/** The temporary PostgreSQL that a test run shares, with a migrated template database. */
import { connectionOf, type Connection } from '../../src/config/connection.ts';
import { readDatabaseSettings } from '../../src/config/env.ts';
import { migrateDatabase } from '../../src/config/migrations.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/index.ts';
import { makeFolder } from './folder.ts';

export interface Cluster {
  /** Its `postgres` database. */
  connection: Connection;
  stop(): Promise<void>;
}

/** The environment variable with the cluster's address; `npm test` sets it. */
export const CLUSTER_URL = 'TEST_CLUSTER_URL';
export const TEMPLATE = 'taskwire_template';

/** Starts a cluster with the migrated template in a temporary folder, which `stop` removes. */
export async function startCluster(): Promise<Cluster> {
  const { dir, remove } = makeFolder();
  const server = await startEmbeddedPostgres({ dir, database: TEMPLATE, ephemeral: true, maxConnections: 300 });
  await migrateDatabase(server.connection, readDatabaseSettings({}));
  return {
    connection: { ...server.connection, database: 'postgres' },
    async stop() {
      await server.stop();
      remove();
    },
  };
}

let started: Promise<Cluster> | undefined;

/** The run's cluster; a file that runs without `npm test` starts its own, which stops with the process. */
export async function cluster(): Promise<Connection> {
  const url = process.env[CLUSTER_URL];
  if (url) return connectionOf(url, 'off');
  if (!started) {
    started = startCluster();
    // The server's handles do not keep the process alive, so this is emitted after the last test.
    process.once(
      'beforeExit',
      () =>
        void started?.then(
          (own) => own.stop(),
          () => undefined,
        ),
    );
  }
  return (await started).connection;
}
