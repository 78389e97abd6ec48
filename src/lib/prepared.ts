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
interface Logging {
  options: { logging: ((sql: string, milliseconds: number) => void) | false };
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
export async function prepared<Row extends object>(sequelize: Sequelize, name: string | undefined, text: string, values: unknown[]): Promise<Row[]> {
  const transaction = (Sequelize as ContextQueries)._cls?.get('transaction');
  if (transaction) return run<Row>(sequelize, transaction.connection, { ...(name && { name }), text, values });

  const pool = sequelize.connectionManager as unknown as Pool;
  for (;;) {
    const connection = await pool.getConnection({ type: 'SELECT' });
    try {
      return await run<Row>(sequelize, connection, { ...(name && { name }), text, values });
    } catch (fault) {
      if ((fault as { code?: string }).code !== STALE_PLAN) throw fault;
      connection._invalid = true;
    } finally {
      pool.releaseConnection(connection);
    }
  }
}

/** Logged as Sequelize logs its own statements, where that is asked for. */
async function run<Row extends object>(sequelize: Sequelize, connection: PooledClient, query: { name?: string; text: string; values: unknown[] }): Promise<Row[]> {
  const { logging } = (sequelize as unknown as Logging).options;
  if (typeof logging !== 'function') return (await connection.query<Row>(query)).rows;
  const began = performance.now();
  try {
    return (await connection.query<Row>(query)).rows;
  } finally {
    logging(`Executed (prepared): ${query.text}`, Math.round(performance.now() - began));
  }
}
