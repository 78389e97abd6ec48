/** The database of a process: DATABASE_URL's, or the embedded one. */
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
  /** What the operator should know about the place of the data. */
  notices: string[];
  close(): Promise<void>;
}

/** Takes one line for the log. */
export type LogLine = (line: string) => void;

/** Milliseconds, enforced by PostgreSQL; not for migrations. */
const TIMEOUTS = { lock_timeout: 5_000, statement_timeout: 15_000, idle_in_transaction_session_timeout: 15_000 };
/** Milliseconds, longer than the server's own timeouts: for a server that is gone without closing the connection. */
const CLIENT_TIMEOUTS = { query_timeout: 20_000 };
/** Idle time before TCP keepalive probes; the system's default is hours. */
const KEEP_ALIVE_MS = 10_000;

/**
 * A Sequelize instance, not connected yet. int8 is parsed as a number (versions stay far below 2^53) and date as
 * `YYYY-MM-DD`, by Sequelize and plain `pg` alike.
 * @param patient without timeouts, for migrations
 */
export function createSequelize(
  connection: Connection,
  settings: DatabaseSettings,
  { patient = false, log = console.log as LogLine } = {},
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
    dialectModule: { types: pg.types, Client: SafeClient },
    dialectOptions: {
      ...sequelizeOptions(connection).dialectOptions,
      ...(!patient && { ...TIMEOUTS, ...CLIENT_TIMEOUTS }),
      connectionTimeoutMillis: 5_000,
    },
  });
  sequelize.addHook('afterConnect', (client) => {
    (client as PgClient).connection.stream.setKeepAlive(true, KEEP_ALIVE_MS);
  });
  return sequelize;
}

/**
 * Has an error listener from the start. Sequelize adds its own one tick after a client is ready; a connection lost in
 * between would end the process. With this its first statement fails instead.
 */
class SafeClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** What the types of `pg` leave out. */
interface PgClient {
  connection: { stream: Socket };
}

/** Connection options for Sequelize and sequelize-cli. */
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

/** The embedded database's options. Command-line tools connect beside the configured connections. */
export function embeddedDatabase({ dataDir, dbConnections }: DatabaseSettings) {
  return {
    dir: path.join(dataDir, 'postgres'),
    database: 'taskwire',
    name: 'taskwire',
    maxConnections: dbConnections + 32,
  };
}

/**
 * Opens DATABASE_URL's database, without connecting yet, or starts or joins the embedded one.
 * @param log takes the embedded database's log lines
 * @throws EmbeddedPostgresError with the remedy
 */
export async function openDatabase(settings: DatabaseSettings, log: LogLine, logSql: LogLine = log): Promise<Database> {
  if (settings.databaseUrl) {
    const connection = connectionOf(settings.databaseUrl, settings.databaseSsl);
    const sequelize = createSequelize(connection, settings, { log: logSql });
    return { connection, sequelize, notices: [], close: () => sequelize.close() };
  }
  const server = await keepEmbeddedPostgres(settings, log);
  const sequelize = createSequelize(server.connection, settings, { log: logSql });
  return {
    connection: server.connection,
    sequelize,
    notices: server.notices,
    async close() {
      await sequelize.close();
      await server.stop();
    },
  };
}

/**
 * Starts or joins the embedded server. Another process may own it, such as a command-line tool that started first: if
 * the server exits before this process does, it is restarted here at the same address.
 * @throws EmbeddedPostgresError with the remedy
 */
export async function keepEmbeddedPostgres(
  settings: DatabaseSettings,
  log: LogLine,
): Promise<Pick<Database, 'connection' | 'notices'> & { stop(): Promise<void> }> {
  const start = () => startEmbeddedPostgres({ ...embeddedDatabase(settings), log });
  let stopped = false;
  let server = await start();
  const keep = async (): Promise<void> => {
    await server.lost;
    for (let pause = 100; !stopped; pause = Math.min(pause * 2, 5_000)) {
      try {
        server = await start();
        break;
      } catch (error) {
        log(`WARNING: embedded database exited and failed to restart, will retry: ${(error as Error).message}`);
        await sleep(pause, undefined, { ref: false });
      }
    }
    if (stopped) await server.stop();
    else await keep();
  };
  const notices = [
    ...(server.elsewhere === null ? [] : [server.elsewhere]),
    ...(server.created ? [`A new, empty database was created in ${server.dataDir}.`] : []),
  ];
  void keep();
  return {
    connection: server.connection,
    notices,
    async stop() {
      stopped = true;
      await server.stop();
    },
  };
}
