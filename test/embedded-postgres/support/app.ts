/** A child process that starts or joins the embedded server and reports to its parent; on `write` it fills a table. */
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

const report = (message: Report): void => {
  process.send?.(message);
};

process.on('message', (command) => {
  if (command === 'finish') process.disconnect(); // Nothing else keeps the process alive.
});

try {
  const server = await startEmbeddedPostgres(JSON.parse(process.argv[2] ?? '') as EmbeddedOptions);
  const { owner, dataDir, connection } = server;
  process.on('message', (command) => {
    if (command === 'write') void write(connection);
  });
  void server.lost.then(() => {
    report({ kind: 'lost' });
  });
  report({ kind: 'started', owner, dataDir, connection });
} catch (error) {
  report({ kind: 'failed', message: String(error) });
}

async function write(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS numbers (n int)');
  for (let row = 1; ; row += 1) {
    await client.query('INSERT INTO numbers VALUES ($1)', [row]);
    report({ kind: 'committed', row });
  }
}
