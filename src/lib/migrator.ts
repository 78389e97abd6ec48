import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Sequelize, type QueryInterface } from 'sequelize';
import type { Umzug } from 'umzug';

interface Migration {
  up(queryInterface: QueryInterface, sequelize: typeof Sequelize): Promise<unknown>;
  down(queryInterface: QueryInterface, sequelize: typeof Sequelize): Promise<unknown>;
}

/** Any number, the same in every process. */
const LOCK = 7_245_001;
const TABLE = 'SequelizeMeta';
const require = createRequire(import.meta.url);

/**
 * Runs the migrations of `folder` that the database has not had yet, all or none of them, by the table of
 * sequelize-cli. Processes that start together wait for each other: the lock is the transaction's, because
 * one taken through a pool outside a transaction locks nobody out.
 * @param sequelize one without timeouts, for nothing else: from now on every query of it is part of a transaction
 * @returns the names of the migrations that ran
 */
export async function migrate(sequelize: Sequelize, folder: string): Promise<string[]> {
  return sequelize.transaction(async (transaction) => {
    const query = sequelize.query.bind(sequelize) as (sql: string, options?: object) => Promise<[unknown[], unknown]>;
    Object.assign(sequelize, { query: (sql: string, options: object = {}) => query(sql, { ...options, transaction }) });
    await sequelize.query(`SELECT pg_advisory_xact_lock(${String(LOCK)})`);
    if (!(await isBehind(sequelize, folder))) return [];
    const ran = await (await migrations(sequelize, folder)).up();
    return ran.map(({ name }) => name);
  });
}

/** Asked before umzug is loaded, which is a tenth of the memory of a process that has nothing to migrate, as most have. */
async function isBehind(sequelize: Sequelize, folder: string): Promise<boolean> {
  const [[table]] = (await sequelize.query(`SELECT to_regclass('"${TABLE}"') IS NOT NULL AS made`)) as [
    { made: boolean }[],
    unknown,
  ];
  if (!table?.made) return true;
  const [rows] = (await sequelize.query(`SELECT name FROM "${TABLE}"`)) as [{ name: string }[], unknown];
  const had = new Set(rows.map(({ name }) => name));
  return (await readdir(folder)).some((name) => name.endsWith('.js') && !had.has(name));
}

async function migrations(sequelize: Sequelize, folder: string): Promise<Umzug<QueryInterface>> {
  const { SequelizeStorage, Umzug } = await import('umzug');
  return new Umzug({
    migrations: {
      glob: ['*.js', { cwd: folder }],
      resolve: ({ name, path: file, context }) => {
        const load = () => require(path.resolve(file ?? '')) as Migration;
        return { name, up: () => load().up(context, Sequelize), down: () => load().down(context, Sequelize) };
      },
    },
    context: sequelize.getQueryInterface(),
    // Said in full: with `underscored` it would be another table than that of sequelize-cli.
    storage: new SequelizeStorage({ sequelize, tableName: TABLE }),
    logger: undefined,
  });
}
