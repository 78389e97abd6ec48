import { createRequire } from 'node:module';
import path from 'node:path';
import { Sequelize, type QueryInterface } from 'sequelize';
import { SequelizeStorage, Umzug } from 'umzug';

interface Migration {
  up(queryInterface: QueryInterface, sequelize: typeof Sequelize): Promise<unknown>;
  down(queryInterface: QueryInterface, sequelize: typeof Sequelize): Promise<unknown>;
}

/** Any number, the same in every process. */
const LOCK = 7_245_001;
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
    const ran = await migrations(sequelize, folder).up();
    return ran.map(({ name }) => name);
  });
}

function migrations(sequelize: Sequelize, folder: string): Umzug<QueryInterface> {
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
    storage: new SequelizeStorage({ sequelize, tableName: 'SequelizeMeta' }),
    logger: undefined,
  });
}
