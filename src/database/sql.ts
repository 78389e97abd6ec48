import { Sequelize } from 'sequelize';
import type { Client } from 'pg';

interface PooledClient extends Client {
  /** Sequelize's pool destroys a connection that carries it. */
  _invalid?: boolean;
}
interface Pool {
  getConnection(options: { type: 'SELECT' }): Promise<PooledClient>;
  releaseConnection(connection: PooledClient): void;
}
interface Configured {
  options: { logging: ((sql: string, milliseconds: number) => void) | false; pool: { max: number } };
}
interface ContextQueries {
  _cls?: { get(key: 'transaction'): { connection: PooledClient } | undefined };
}

/** "cached plan must not change result type": a migration of another process has changed the table meanwhile. */
const STALE_PLAN = '0A000';

/**
 * Runs a statement that PostgreSQL parses and plans once per connection: the fastest way for the few reads
 * that every request makes. It takes a connection of Sequelize's pool, and inside a unit of work that of its
 * transaction.
 * @param name of the statement, unique in the program and at most 63 bytes; the same name means the same text.
 *   Undefined: it is planned anew and not kept
 * @param values `$1`, `$2`, … of the text
 * @throws the error of `pg`, as it is
 */
export async function prepared<Row extends object>(
  sequelize: Sequelize,
  name: string | undefined,
  text: string,
  values: unknown[],
): Promise<Row[]> {
  const transaction = (Sequelize as ContextQueries)._cls?.get('transaction');
  if (transaction) return run<Row>(sequelize, transaction.connection, { ...(name && { name }), text, values });

  const pool = sequelize.connectionManager as unknown as Pool;
  const { max } = (sequelize as unknown as Configured).options.pool;
  for (let attempt = 0; ; attempt += 1) {
    const connection = await pool.getConnection({ type: 'SELECT' });
    try {
      return await run<Row>(sequelize, connection, { ...(name && { name }), text, values });
    } catch (fault) {
      // Nothing was done yet. Each connection of the pool may know the old plan, a new one cannot.
      if ((fault as { code?: string }).code !== STALE_PLAN || attempt === max) throw fault;
      connection._invalid = true;
    } finally {
      pool.releaseConnection(connection);
    }
  }
}

/** Logged as Sequelize logs its own statements, where that is asked for. */
async function run<Row extends object>(
  sequelize: Sequelize,
  connection: PooledClient,
  query: { name?: string; text: string; values: unknown[] },
): Promise<Row[]> {
  const { logging } = (sequelize as unknown as Configured).options;
  if (typeof logging !== 'function') return answerTo(connection, query);
  const began = performance.now();
  try {
    return await answerTo(connection, query);
  } finally {
    logging(`Executed (prepared): ${query.text}`, Math.round(performance.now() - began));
  }
}

async function answerTo<Row extends object>(
  connection: PooledClient,
  query: { name?: string; text: string; values: unknown[] },
): Promise<Row[]> {
  try {
    return (await connection.query<Row>(query)).rows;
  } catch (fault) {
    // pg goes on waiting for the answer, and every later statement of the connection would wait behind it.
    if ((fault as Error).message === 'Query read timeout') connection._invalid = true;
    throw fault;
  }
}
