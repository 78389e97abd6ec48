import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import pg from 'pg';
import { readDatabaseSettings } from '../../src/config/env.ts';
import { migrateDatabase } from '../../src/config/migrations.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { makeFolder } from '../support/folder.ts';
import { runServer } from '../support/process.ts';

const { dir: dataDir, remove } = makeFolder();

async function query(database: TestDatabase, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(database.connection);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** What a server that is started on the database writes to standard error before it exits with status 1. */
async function refusal(database: TestDatabase): Promise<string> {
  const program = runServer({ DATABASE_URL: database.url, DATA_DIR: dataDir });
  const { code } = await program.ended;
  assert.equal(code, 1, program.out() + program.err());
  return program.err();
}

const TABLES = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`;

suite('A server is not started on a database with migrations that it does not know', () => {
  after(remove);

  test('of a newer version', async () => {
    const database = await createTestDatabase();
    await query(database, `INSERT INTO "SequelizeMeta" VALUES ('29991231080000-add-stars-to-tasks.js')`);
    assert.equal(
      await refusal(database),
      'The database was migrated by a newer version of Taskwire (it has 29991231080000-add-stars-to-tasks.js): ' +
        'start that version, or point DATABASE_URL at another database.\n',
    );
    await database.drop();
  });

  test('of a development version, and nothing in it is changed', async () => {
    const database = await createTestDatabase({ template: 'template0' });
    await query(
      database,
      `CREATE TABLE "SequelizeMeta" (name varchar(255) PRIMARY KEY); CREATE TABLE feeds (id integer);
      INSERT INTO "SequelizeMeta" VALUES ('20261121080000-create-users.js'), ('20261121080100-create-feeds.js')`,
    );
    assert.equal(
      await refusal(database),
      'The database is from a development version before the first release (it has 20261121080100-create-feeds.js): ' +
        'move the data directory (.data) away, or point DATABASE_URL at an empty database.\n',
    );
    assert.deepEqual(
      (await query(database, TABLES)).map(({ tablename }) => tablename),
      ['SequelizeMeta', 'feeds'],
    );
    await database.drop();
  });

  test('while a database of an older version gets what it lacks', async () => {
    const database = await createTestDatabase();
    const last = '20261130082100-create-throttles.js';
    await query(database, `DROP TABLE throttles; DELETE FROM "SequelizeMeta" WHERE name = '${last}'`);
    assert.deepEqual(await migrateDatabase(database.connection, readDatabaseSettings({})), [last]);
    assert.deepEqual(await migrateDatabase(database.connection, readDatabaseSettings({})), []);
    await database.drop();
  });
});
