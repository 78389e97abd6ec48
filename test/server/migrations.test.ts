import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { QueryTypes, type QueryInterface, type Sequelize } from 'sequelize';
import { createSequelize, embeddedDatabase } from '../../src/config/database.ts';
import { readDatabaseSettings } from '../../src/config/env.ts';
import { migrateDatabase, migrationsDir } from '../../src/config/migrations.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/index.ts';
import { createTestDatabase } from '../support/database.ts';
import { makeFolder } from '../support/folder.ts';
import { addressOf, runNode, runServer } from '../support/process.ts';

interface Migration {
  up(queryInterface: QueryInterface): Promise<unknown>;
  down(queryInterface: QueryInterface): Promise<unknown>;
}

const require = createRequire(import.meta.url);
const settings = readDatabaseSettings({});
const files = readdirSync(migrationsDir)
  .filter((file) => file.endsWith('.js'))
  .sort();

/** The whole schema as text: tables, columns, indexes, constraints, triggers, functions, types. */
const SCHEMA = `
  SELECT format('column %s.%s %s %s %s',
    c.relname, a.attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)) AS item
  FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'c') AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT 'options ' || relname || ' ' || reloptions::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND reloptions IS NOT NULL
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
  ORDER BY 1`;

const schemaOf = async (sequelize: Sequelize): Promise<string[]> =>
  (await sequelize.query<{ item: string }>(SCHEMA, { type: QueryTypes.SELECT })).map(({ item }) => item);

suite('Migrations', () => {
  test('each migration goes up, down and up again, and its down removes exactly what its up created', async () => {
    const { connection, drop } = await createTestDatabase({ template: 'template0' });
    const sequelize = createSequelize(connection, settings, { patient: true });
    for (const file of files) {
      const { up, down } = require(path.join(migrationsDir, file)) as Migration;
      const without = await schemaOf(sequelize);
      await up(sequelize.getQueryInterface());
      const created = await schemaOf(sequelize);
      await down(sequelize.getQueryInterface());
      assert.deepEqual(await schemaOf(sequelize), without, `down of ${file}`);
      await up(sequelize.getQueryInterface());
      assert.deepEqual(await schemaOf(sequelize), created, `${file} up again`);
    }
    await sequelize.close();
    await drop();
  });

  test('processes that start together wait for each other, and each migration runs once', async () => {
    const { connection, drop } = await createTestDatabase({ template: 'template0' });
    const applied = await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(connection, settings)));
    assert.deepEqual(applied.flat(), files);
    await drop();
  });

  test('all pending migrations run or none: a failure rolls back those before it', async () => {
    const { connection, drop } = await createTestDatabase({ template: 'template0' });
    const sequelize = createSequelize(connection, settings);
    await sequelize.query('CREATE TABLE sessions (conflicting integer)');
    await assert.rejects(migrateDatabase(connection, settings), /sessions/);
    assert.deepEqual(
      (await schemaOf(sequelize)).map((item) => item.split(' ', 2).join(' ')),
      ['column sessions.conflicting'],
    );
    await sequelize.close();
    await drop();
  });
});

suite('The command line, on an embedded database', () => {
  const { dir: dataDir, remove } = makeFolder();
  const cli = async (...args: string[]) => {
    const program = runNode(['node_modules/sequelize-cli/lib/sequelize', ...args], { DATA_DIR: dataDir });
    const { code } = await program.ended;
    return { code, text: program.out() + program.err() };
  };
  /** Queries the same database from this process. */
  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const server = await startEmbeddedPostgres(embeddedDatabase({ ...settings, dataDir }));
    const sequelize = createSequelize(server.connection, settings);
    const rows = await sequelize.query(sql, { type: QueryTypes.SELECT });
    await sequelize.close();
    await server.stop();
    return rows as Record<string, unknown>[];
  };
  const countSeeds = `
    SELECT (SELECT count(*) FROM users WHERE seed) AS users, (SELECT count(*) FROM tasks WHERE seed) AS tasks,
      (SELECT count(*) FROM categories WHERE seed) AS categories`;

  before(async () => {
    assert.equal((await cli('db:migrate')).code, 0);
  });
  after(remove);

  test('undoes all migrations and runs them again', async () => {
    assert.equal((await cli('db:migrate:undo:all')).code, 0);
    assert.deepEqual(await query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`), [
      { tablename: 'SequelizeMeta' },
    ]);
    assert.equal((await cli('db:migrate')).code, 0);
    assert.deepEqual(
      (await query('SELECT name FROM "SequelizeMeta" ORDER BY name')).map(({ name }) => name),
      files,
    );
  });

  test('seeds run once, sign in with the documented password, and are removed without touching others', async () => {
    const program = runServer({ DATA_DIR: dataDir });
    const address = await addressOf(program);
    const post = (page: string, form: Record<string, string>) =>
      fetch(address + page, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
        body: new URLSearchParams(form),
      });

    // The server keeps running: the command line joins its database.
    assert.equal((await cli('db:seed:all')).code, 0);
    assert.match((await cli('db:seed:all')).text, /No seeders found/);
    assert.deepEqual(await query(countSeeds), [{ users: 3, tasks: 15, categories: 7 }]);
    assert.equal((await post('/login', { email: 'ana@example.com', password: 'taskwire-demo' })).status, 303);
    assert.equal(
      (await post('/register', { name: 'Ana', email: 'ana@home.example.com', password: 'correct horse battery' }))
        .status,
      303,
    );
    assert.deepEqual(
      await query('SELECT admin FROM users WHERE NOT seed'),
      [{ admin: true }],
      'the first account that is not a seed becomes admin',
    );

    assert.equal((await cli('db:seed:undo:all')).code, 0);
    assert.deepEqual(await query(countSeeds), [{ users: 0, tasks: 0, categories: 0 }]);
    assert.deepEqual(await query('SELECT email, (SELECT count(*) FROM lists) AS lists FROM users'), [
      { email: 'ana@home.example.com', lists: 1 },
    ]);
    assert.equal((await fetch(`${address}/readyz`)).status, 200);
    assert.equal((await program.kill()).code, 0);
  });

  test('seeds refuse to run in production', async () => {
    const program = runNode(['node_modules/sequelize-cli/lib/sequelize', 'db:seed:all'], {
      DATA_DIR: dataDir,
      NODE_ENV: 'production',
    });
    assert.equal((await program.ended).code, 1);
    assert.match(program.out() + program.err(), /must not be created in production/);
  });
});
