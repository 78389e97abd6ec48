import { createHash } from 'node:crypto';
import { QueryTypes, Sequelize } from 'sequelize';
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
 * Runs a statement with bound values, inside a unit of work in its transaction.
 * @param bind `$1`, `$2`, … of the text
 * @returns the rows that it selects or returns
 * @throws Sequelize's errors
 */
export function sql<Row extends object>(text: string, bind: unknown[] = []): Promise<Row[]> {
  return database().query<Row>(text, { bind: bind.map((value) => value ?? null), type: QueryTypes.SELECT });
}

/** The connections that the application's pool has at most. */
export const poolSize = (): number => (database() as unknown as Configured).options.pool.max;

const statementNames = new Map<string, string>();

/** One name for one text; PostgreSQL cuts names after 63 bytes. */
function statementName(text: string): string {
  let name = statementNames.get(text);
  if (!name) {
    name = createHash('sha256').update(text).digest('hex').slice(0, 32);
    statementNames.set(text, name);
  }
  return name;
}

/**
 * Like `sql`, but PostgreSQL parses and plans the statement once per connection: for the few reads that every request
 * or every delivery makes (docs/decisions/). Only for constant texts, of which there are few: each is kept for good.
 *
 * Sequelize has no prepared statements, hence the private parts: its pool, and the connection of its transaction.
 * @throws the errors of `pg`, as they are
 */
export async function preparedSql<Row extends object>(text: string, bind: unknown[]): Promise<Row[]> {
  const query = { name: statementName(text), text, values: bind };
  const transaction = (Sequelize as ContextQueries)._cls?.get('transaction');
  if (transaction) return run<Row>(transaction.connection, query);

  const pool = database().connectionManager as unknown as Pool;
  const max = poolSize();
  for (let attempt = 0; ; attempt += 1) {
    const connection = await pool.getConnection({ type: 'SELECT' });
    try {
      return await run<Row>(connection, query);
    } catch (error) {
      // Nothing was done yet. Each connection of the pool may know the old plan, a new one cannot.
      if ((error as { code?: string }).code !== STALE_PLAN || attempt === max) throw error;
      connection._invalid = true;
    } finally {
      pool.releaseConnection(connection);
    }
  }
}

/** Logged as Sequelize logs its own statements, where that is asked for. */
async function run<Row extends object>(
  connection: PooledClient,
  query: { name: string; text: string; values: unknown[] },
): Promise<Row[]> {
  const { logging } = (database() as unknown as Configured).options;
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
  query: { name: string; text: string; values: unknown[] },
): Promise<Row[]> {
  try {
    return (await connection.query<Row>(query)).rows;
  } catch (error) {
    // pg goes on waiting for the answer, and every later statement of the connection would wait behind it.
    if ((error as Error).message === 'Query read timeout') connection._invalid = true;
    throw error;
  }
}

let current: Sequelize | undefined;

/** Makes this the connection of every model and query of the process; called once, by `defineModels`. */
export function setDatabase(sequelize: Sequelize): void {
  current = sequelize;
}

/** The connection that the models are defined on. @throws before `defineModels` */
export function database(): Sequelize {
  if (!current) throw new Error('The database was used before defineModels().');
  return current;
}

/** Adds a value and returns its placeholder: `$1`, `$2`, … */
export type Bind = (value: unknown) => string;

/** Parameters of a statement that is built piece by piece. */
export function sqlParams(): { values: unknown[]; bind: Bind } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${String(values.push(value))}` };
}

/** Escapes the wildcards of LIKE. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
