/** The one database of a process: the embedded one, or DATABASE_URL's. */
import type { Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Sequelize } from 'sequelize';
import { startEmbeddedPostgres } from '../embedded-postgres/index.ts';
import { connectionOf, type Connection } from './connection.ts';
import type { DatabaseSettings } from './env.ts';

export interface Database {
  connection: Connection;
  sequelize: Sequelize;
  close(): Promise<void>;
}

/** One line for the operator. */
export type Say = (line: string) => void;

/** Milliseconds after which PostgreSQL ends what holds up others; migrations take all the time they need. */
const TIMEOUTS = { lock_timeout: 5_000, statement_timeout: 15_000, idle_in_transaction_session_timeout: 15_000 };
/** Milliseconds after which nobody waits for an answer any more: the server is gone without a word, else it had timed out itself. */
const NO_ANSWER = { query_timeout: 20_000 };
/** Milliseconds after which the system asks whether the other side of an idle connection is still there; by itself it does after hours. */
const KEEP_ALIVE = 10_000;

/**
 * A Sequelize instance; nothing is connected yet. int8 is read as a number (versions stay far below 2^53)
 * and date as `YYYY-MM-DD`, for Sequelize and plain `pg` alike.
 */
export function createSequelize(
  connection: Connection,
  settings: DatabaseSettings,
  { patient = false, log = console.log as Say } = {},
): Sequelize {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
  const sequelize = new Sequelize({
    ...sequelizeOptions(connection),
    define: { underscored: true },
    logging: settings.logSql
      ? (sql, milliseconds) => {
          log(`${sql} (${String(milliseconds)} ms)`);
        }
      : false,
    benchmark: settings.logSql,
    pool: { max: settings.dbPoolMax, min: 0, idle: 300_000, acquire: 10_000 },
    dialectModule: { types: pg.types, Client: HeardClient },
    dialectOptions: {
      ...sequelizeOptions(connection).dialectOptions,
      ...(!patient && { ...TIMEOUTS, ...NO_ANSWER }),
      connectionTimeoutMillis: 5_000,
    },
  });
  sequelize.addHook('afterConnect', (client) => {
    (client as PgClient).connection.stream.setKeepAlive(true, KEEP_ALIVE);
  });
  return sequelize;
}

/**
 * Its errors are heard from the beginning. Sequelize listens a turn after a client is ready, and one that is cut off
 * in between would end the process; as it is, its first statement fails instead.
 */
class HeardClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** A client of `pg`, as far as its types do not tell. */
interface PgClient {
  connection: { stream: Socket };
}

/** What Sequelize and sequelize-cli need to reach the database. */
export function sequelizeOptions({ host, port, user, database, password, ssl }: Connection) {
  return {
    dialect: 'postgres' as const,
    host,
    port,
    username: user,
    database,
    ...(password !== undefined && { password }),
    dialectOptions: { application_name: 'taskwire', ...(ssl && { ssl }) },
  };
}

/** Where the embedded database is, and how many it lets in: what the settings count on, and the command line beside it. */
export function embeddedDatabase({ dataDir, dbConnections }: DatabaseSettings) {
  return {
    dir: path.join(dataDir, 'postgres'),
    database: 'taskwire',
    name: 'taskwire',
    maxConnections: dbConnections + 32,
  };
}

/**
 * DATABASE_URL's database, not asked yet whether it is there, or else the embedded one, started or joined.
 * @param say hears the lines of the embedded database's log
 * @throws EmbeddedPostgresError with the remedy in words
 */
export async function openDatabase(settings: DatabaseSettings, say: Say, saySql: Say = say): Promise<Database> {
  if (settings.databaseUrl) {
    const connection = connectionOf(settings.databaseUrl, settings.databaseSsl);
    const sequelize = createSequelize(connection, settings, { log: saySql });
    return { connection, sequelize, close: () => sequelize.close() };
  }
  const server = await keepEmbeddedPostgres(settings, say);
  const sequelize = createSequelize(server.connection, settings, { log: saySql });
  return {
    connection: server.connection,
    sequelize,
    async close() {
      await sequelize.close();
      await server.stop();
    },
  };
}

/**
 * The embedded server, which another process may own (a command line tool that began first): where it ends
 * before we do, it is started again here, at the same address.
 * @throws EmbeddedPostgresError with the remedy in words
 */
export async function keepEmbeddedPostgres(
  settings: DatabaseSettings,
  say: Say,
): Promise<{ connection: Connection; stop(): Promise<void> }> {
  const start = () => startEmbeddedPostgres({ ...embeddedDatabase(settings), log: say });
  let stopped = false;
  let server = await start();
  const keep = async (): Promise<void> => {
    await server.lost;
    for (let pause = 100; !stopped; pause = Math.min(pause * 2, 5_000)) {
      try {
        server = await start();
        break;
      } catch (error) {
        say(`WARNING: the embedded database ended and does not start again: ${(error as Error).message}`);
        await sleep(pause, undefined, { ref: false });
      }
    }
    if (stopped) await server.stop();
    else await keep();
  };
  void keep();
  return {
    connection: server.connection,
    async stop() {
      stopped = true;
      await server.stop();
    },
  };
}
