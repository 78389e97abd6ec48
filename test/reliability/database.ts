import pg from 'pg';
import type { Connection } from '../../src/config/connection.ts';

/** Runs a statement on the servers' database. */
export async function query<Row extends object>(
  database: Connection,
  sql: string,
  parameters: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ ...database, application_name: 'nemesis' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

/** The current version of each list. */
export async function readVersions(database: Connection): Promise<Record<number, number>> {
  const rows = await query<{ id: number; version: number }>(database, 'SELECT id, version::integer FROM lists');
  return Object.fromEntries(rows.map(({ id, version }) => [id, version]));
}
