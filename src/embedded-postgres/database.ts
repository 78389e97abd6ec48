import pg from 'pg';
import { SUPERUSER } from './cluster.ts';
import { errorCode } from './errors.ts';
import { PORT } from './socket-folder.ts';

/** Any number, the same in every process. */
const CREATION_LOCK = 1_818_455_650;

/** A server that is not up yet, is going down, or went while we asked. */
const NOT_NOW = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '08006'];

/**
 * Connects and makes the database unless it is there; of several processes at once one makes it.
 * @returns false when the server does not answer (yet, or any more)
 * @throws pg.DatabaseError when it answers with a refusal
 */
export async function ensureDatabase(socketFolder: string, database: string): Promise<boolean> {
  const client = new pg.Client({
    host: socketFolder,
    port: PORT,
    user: SUPERUSER,
    database: 'postgres',
    ssl: false, // whatever PGSSLMODE says, which is about other servers
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined); // the query in flight is told as well
  try {
    await client.connect();
    await client.query('SELECT pg_advisory_lock($1)', [CREATION_LOCK]);
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
    return true;
  } catch (error) {
    if (NOT_NOW.includes(errorCode(error)) || /timeout|terminated/i.test(String(error))) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
