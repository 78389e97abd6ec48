/** A process of its own that starts or joins the embedded server and tells its parent; with `write` it fills a table. */
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedOptions } from '../../../src/embedded-postgres/index.ts';

export type Report =
  | {
      kind: 'started';
      owner: boolean;
      dataDir: string;
      connection: { host: string; port: number; user: string; database: string };
    }
  | { kind: 'failed'; message: string }
  | { kind: 'committed'; row: number }
  | { kind: 'lost' };

const tell = (report: Report): void => {
  process.send?.(report);
};

process.on('message', (order) => {
  if (order === 'finish') process.disconnect(); // nothing else keeps the process alive
});

try {
  const server = await startEmbeddedPostgres(JSON.parse(process.argv[2] ?? '') as EmbeddedOptions);
  const { owner, dataDir, connection } = server;
  process.on('message', (order) => {
    if (order === 'write') void write(connection);
  });
  void server.lost.then(() => {
    tell({ kind: 'lost' });
  });
  tell({ kind: 'started', owner, dataDir, connection });
} catch (error) {
  tell({ kind: 'failed', message: String(error) });
}

async function write(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS numbers (n int)');
  for (let row = 1; ; row += 1) {
    await client.query('INSERT INTO numbers VALUES ($1)', [row]);
    tell({ kind: 'committed', row });
  }
}
