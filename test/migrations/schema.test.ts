import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import pg from 'pg';
import { projectDir } from '../../src/config/env.ts';
import { migrationsDir } from '../../src/config/migrations.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const functionsDir = path.join(migrationsDir, 'functions');
const document = readFileSync(path.join(projectDir, 'docs/database.md'), 'utf8');

interface Trigger {
  table: string;
  name: string;
  timing: 'BEFORE' | 'AFTER';
  events: string[];
  level: 'row' | 'statement';
  function: string;
  enabled: boolean;
}

const TRIGGERS = `
  SELECT tgrelid::regclass::text AS table, tgname AS name, tgfoid::regproc::text AS function,
    tgenabled = 'O' AS enabled,
    CASE WHEN tgtype & 2 > 0 THEN 'BEFORE' ELSE 'AFTER' END AS timing,
    CASE WHEN tgtype & 1 > 0 THEN 'row' ELSE 'statement' END AS level,
    array(SELECT event FROM (VALUES (1, 4, 'INSERT'), (2, 16, 'UPDATE'), (3, 8, 'DELETE'), (4, 32, 'TRUNCATE'))
      AS events (place, bit, event) WHERE tgtype & bit > 0 ORDER BY place) AS events
  FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2`;

/** Definitions by signature, without those of extensions and without the schema's name. */
const FUNCTIONS = `
  SELECT proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS signature,
    replace(pg_get_functiondef(p.oid), $1 || '.', '') AS definition
  FROM pg_proc p
  WHERE pronamespace = $1::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')`;

const INDEXES = `
  SELECT c.relname AS name FROM pg_index JOIN pg_class c ON c.oid = indexrelid
  WHERE relnamespace = 'public'::regnamespace AND NOT indisprimary AND indrelid <> '"SequelizeMeta"'::regclass`;

const TABLES = `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'SequelizeMeta'`;

/** The rows of the tables below a heading of docs/database.md, as the texts of their cells without backticks. */
function documented(heading: string): string[][] {
  const section = document.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''))
        .slice(1, -1),
    );
}

const firsts = (rows: string[][]): string[] => rows.map(([first = '']) => first).sort();

/** The newest version of each function's file, by the function's name. */
function newestFiles(): Map<string, string> {
  const files = readdirSync(functionsDir).filter((file) => file.endsWith('.sql'));
  return new Map(files.sort().map((file) => [file.replace(/_v\d+\.sql$/, ''), file]));
}

suite('The migrated database', () => {
  let database: TestDatabase;
  let client: pg.Client;

  before(async () => {
    database = await createTestDatabase();
    client = new pg.Client(database.connection);
    await client.connect();
  });
  after(async () => {
    await client.end();
    await database.drop();
  });

  const select = async <T>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query(sql, values)).rows as T[];
  const names = async (sql: string): Promise<string[]> =>
    (await select<{ name: string }>(sql)).map(({ name }) => name).sort();
  const triggers = () => select<Trigger>(TRIGGERS);
  const functionsIn = async (schema: string): Promise<Record<string, string>> => {
    const rows = await select<{ signature: string; definition: string }>(FUNCTIONS, [schema]);
    return Object.fromEntries(
      rows.sort((a, b) => (a.signature < b.signature ? -1 : 1)).map((row) => [row.signature, row.definition]),
    );
  };
  /** Compares the functions in the database with what their newest files install, in both directions. */
  const compareFunctions = async (): Promise<void> => {
    await client.query('CREATE SCHEMA fresh');
    try {
      await client.query('SET search_path TO fresh, public');
      for (const file of newestFiles().values()) {
        await client.query(readFileSync(path.join(functionsDir, file), 'utf8'));
      }
      assert.deepEqual(await functionsIn('public'), await functionsIn('fresh'));
    } finally {
      await client.query('RESET search_path');
      await client.query('DROP SCHEMA fresh CASCADE');
    }
  };

  test('has exactly the functions that the newest files install', compareFunctions);

  test('is found out if a function was altered, added or removed', async () => {
    const statements = [
      `CREATE OR REPLACE FUNCTION touch_tasks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`,
      'ALTER FUNCTION current_actor_id() VOLATILE',
      `CREATE FUNCTION is_available(timestamptz) RETURNS boolean LANGUAGE sql AS 'SELECT true'`,
      'DROP FUNCTION list_epoch(uuid)',
    ];
    for (const statement of statements) {
      await client.query('BEGIN');
      await client.query(statement);
      await assert.rejects(compareFunctions(), assert.AssertionError, statement);
      await client.query('ROLLBACK');
    }
    await compareFunctions();
  });

  test('each file of a function defines the function that it is named after, and versions have no gaps', () => {
    const versions = new Map<string, number>();
    for (const file of readdirSync(functionsDir).sort()) {
      if (file === 'index.cjs') continue;
      const [, name = '', version] = /^(\w+)_v(\d\d)\.sql$/.exec(file) ?? [];
      const created = [...readFileSync(path.join(functionsDir, file), 'utf8').matchAll(/^CREATE.*/gm)].join('\n');
      assert.match(created, new RegExp(`^CREATE OR REPLACE FUNCTION ${name}\\([^\n]*$`), file);
      assert.equal(Number(version), (versions.get(name) ?? 0) + 1, file);
      versions.set(name, Number(version));
    }
  });

  test('every version of a function is installed by a migration', () => {
    const migrations = readdirSync(migrationsDir)
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(path.join(migrationsDir, file), 'utf8'))
      .join('\n');
    const installed = new Set([...migrations.matchAll(/'(\w+_v\d\d)'/g)].map(([, version]) => `${version}.sql`));
    assert.deepEqual(
      [...installed].sort(),
      readdirSync(functionsDir)
        .filter((file) => file !== 'index.cjs')
        .sort(),
    );
  });

  test('every trigger function is used, and every trigger is enabled and uses a function of the files', async () => {
    const all = await triggers();
    const files = newestFiles();
    assert.deepEqual(
      all.filter((trigger) => !trigger.enabled || !files.has(trigger.function)),
      [],
    );
    const triggerFunctions = Object.entries(await functionsIn('public'))
      .filter(([, definition]) => /^ RETURNS trigger$/m.test(definition))
      .map(([signature]) => signature.replace('()', ''));
    assert.deepEqual([...new Set(all.map((trigger) => trigger.function))].sort(), triggerFunctions);
  });

  test('the numbers of triggers are their firing order within table, timing and event', async () => {
    const groups = new Map<string, Trigger[]>();
    for (const trigger of await triggers()) {
      assert.match(trigger.name, new RegExp(`^${trigger.table}_\\d\\d_[a-z]`), 'named <table>_<number>_<purpose>');
      for (const event of trigger.events) {
        const key = `${trigger.table} ${trigger.timing} ${event}`;
        groups.set(key, [...(groups.get(key) ?? []), trigger]);
      }
    }
    const number = ({ table, name }: Trigger): number => Number(name.slice(table.length + 1, table.length + 3));
    for (const [key, group] of groups) {
      // PostgreSQL fires BEFORE triggers of the statement first, AFTER triggers of rows first, and then goes by name.
      const first = key.includes(' BEFORE ') ? 'statement' : 'row';
      const place = ({ level, name }: Trigger): string => `${level === first ? '1' : '2'} ${name}`;
      const fired = group.sort((a, b) => (place(a) < place(b) ? -1 : 1)).map(number);
      assert.deepEqual(
        fired,
        [...new Set(fired)].sort((a, b) => a - b),
        key,
      );
    }
  });

  test('docs/database.md lists exactly its tables, functions and indexes', async () => {
    assert.deepEqual(firsts(documented('Tables')), await names(TABLES));
    assert.deepEqual(firsts(documented('Indexes')), await names(INDEXES));
    const listed = [...firsts(documented('Functions')), ...documented('Triggers').map(([, , name = '']) => name)];
    assert.deepEqual([...new Set(listed)].sort(), [...newestFiles().keys()]);
  });

  test('docs/database.md lists exactly its triggers, with when they fire and what they call', async () => {
    assert.deepEqual(
      documented('Triggers')
        .map(([name = '', fires = '', call = '']) => [name, fires.split(',', 2).join(','), call].join(' | '))
        .sort(),
      (await triggers())
        .map(({ name, timing, events, level, function: call }) =>
          [name, `${timing} ${events.join(' OR ')}, ${level}`, call].join(' | '),
        )
        .sort(),
    );
  });

  test('every foreign key has an index that begins with its columns', async () => {
    const missing = await select(`
      SELECT conrelid::regclass::text AS table, conname AS name FROM pg_constraint
      WHERE contype = 'f' AND NOT EXISTS (
        SELECT FROM pg_index WHERE indrelid = conrelid AND indpred IS NULL AND indkey[0] = conkey[1]
      )`);
    assert.deepEqual(missing, []);
  });
});
