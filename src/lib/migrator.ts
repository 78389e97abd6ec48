import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Sequelize, type QueryInterface } from 'sequelize';
import type { Umzug } from 'umzug';

interface Migration {
  up(queryInterface: QueryInterface, sequelize: typeof Sequelize): Promise<unknown>;
  down(queryInterface: QueryInterface, sequelize: typeof Sequelize): Promise<unknown>;
}

/** The database records migrations that are not in the folder. */
export class UnknownMigrationError extends Error {
  /** The last one by name. */
  readonly migration: string;
  /** Whether its name sorts after all in the folder. */
  readonly newer: boolean;

  constructor(migration: string, newer: boolean) {
    super(`unknown migration in the database: ${migration}`);
    this.name = 'UnknownMigrationError';
    this.migration = migration;
    this.newer = newer;
  }
}

/** Advisory lock key: arbitrary, the same in every process. */
const LOCK = 7_245_001;
/** The table in which sequelize-cli records the migrations that ran. */
const TABLE = 'SequelizeMeta';
const require = createRequire(import.meta.url);

/**
 * Runs the pending migrations of `folder`, all or none of them. Processes that start together wait for each other by
 * an advisory lock of the transaction: a session lock taken through a pool would lock nobody out.
 * @param sequelize one without timeouts, used for nothing else: all its queries become part of the transaction
 * @returns the names of the migrations that ran
 * @throws UnknownMigrationError
 */
export async function migrate(sequelize: Sequelize, folder: string): Promise<string[]> {
  return sequelize.transaction(async (transaction) => {
    const query = sequelize.query.bind(sequelize) as (sql: string, options?: object) => Promise<[unknown[], unknown]>;
    Object.assign(sequelize, { query: (sql: string, options: object = {}) => query(sql, { ...options, transaction }) });
    await sequelize.query(`SELECT pg_advisory_xact_lock(${String(LOCK)})`);
    if ((await pendingMigrations(sequelize, folder)).length === 0) return [];
    const ran = await (await createUmzug(sequelize, folder)).up();
    return ran.map(({ name }) => name);
  });
}

/**
 * The names of the migrations that have not run. Without umzug: it is a tenth of the memory of a process, and mostly
 * nothing is pending.
 * @throws UnknownMigrationError
 */
export async function pendingMigrations(sequelize: Sequelize, folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.js')).sort();
  const executed = await executedMigrations(sequelize);
  const last = executed.filter((name) => !files.includes(name)).at(-1);
  if (last !== undefined) throw new UnknownMigrationError(last, last > (files.at(-1) ?? ''));
  return files.filter((name) => !executed.includes(name));
}

async function executedMigrations(sequelize: Sequelize): Promise<string[]> {
  const [[table]] = (await sequelize.query(`SELECT to_regclass('"${TABLE}"') IS NOT NULL AS exists`)) as [
    { exists: boolean }[],
    unknown,
  ];
  if (!table?.exists) return [];
  const [rows] = (await sequelize.query(`SELECT name FROM "${TABLE}"`)) as [{ name: string }[], unknown];
  return rows.map(({ name }) => name).sort();
}

async function createUmzug(sequelize: Sequelize, folder: string): Promise<Umzug<QueryInterface>> {
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
    // Explicit, because with `underscored` umzug would derive another name than sequelize-cli.
    storage: new SequelizeStorage({ sequelize, tableName: TABLE }),
    logger: undefined,
  });
}
