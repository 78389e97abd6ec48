import pg from 'pg';
import type { Sequelize } from 'sequelize';
import { urlOf, type Connection } from '../../src/config/connection.ts';
import { createSequelize } from '../../src/config/database.ts';
import { readDatabaseSettings } from '../../src/config/env.ts';
import { setBcryptCost } from '../../src/lib/password.ts';
import { defineModels } from '../../src/models/index.ts';
import { cluster, TEMPLATE } from './cluster.ts';

export interface TestDatabase {
  connection: Connection;
  /** For a server's DATABASE_URL. */
  url: string;
  drop(): Promise<void>;
}

let created = 0;

/** For `template` in createTestDatabase: an empty database, in which only A to Z are letters. */
export const C_LOCALE = "template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'";

/** Creates an empty database with all tables; nothing in this process is connected to it. */
export async function createTestDatabase({ template = TEMPLATE } = {}): Promise<TestDatabase> {
  const server = await cluster();
  created += 1;
  const database = `test_${String(process.pid)}_${String(created)}`;
  await administer(server, `CREATE DATABASE ${database} TEMPLATE ${template}`);
  const connection = { ...server, database };
  return {
    connection,
    url: urlOf(connection),
    drop: () => administer(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
  };
}

/** Creates a database and connects the models to it. One at a time, because models are classes. */
export async function openTestDatabase(): Promise<TestDatabase & { sequelize: Sequelize; close(): Promise<void> }> {
  const database = await createTestDatabase();
  setBcryptCost(4);
  const sequelize = createSequelize(database.connection, { ...readDatabaseSettings({}), dbPoolMax: 10 });
  defineModels(sequelize);
  return {
    ...database,
    sequelize,
    async close() {
      await sequelize.close();
      await database.drop();
    },
  };
}

/** Runs one statement on the cluster's `postgres` database. */
export async function administer(server: Connection, sql: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
