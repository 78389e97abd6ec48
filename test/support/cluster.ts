/** The throw-away PostgreSQL that a run of the tests shares, and the migrated template in it. */
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

/** Tells the test files of a run where the cluster is; `npm test` sets it. */
export const CLUSTER_URL = 'TEST_CLUSTER_URL';
export const TEMPLATE = 'taskwire_template';

/** A new cluster with the migrated template, in a folder that goes with it. */
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

/** The run's cluster; for a file that runs alone one of its own, which ends with the process. */
export async function cluster(): Promise<Connection> {
  const url = process.env[CLUSTER_URL];
  if (url) return connectionOf(url, 'off');
  if (!started) {
    started = startCluster();
    // The server's handles do not keep the process alive, so this comes when the last test has ended.
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
