import { spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import path from 'node:path';
import { urlOf, type Connection } from '../../src/config/connection.ts';
import { findBinaryPackage, runnableBinaries } from '../../src/embedded-postgres/binaries.ts';
import { ensureCluster, SUPERUSER, choosePlace } from '../../src/embedded-postgres/cluster.ts';
import { thisHost, run, type ServerUser } from '../../src/embedded-postgres/host.ts';
import { PORT, socketFolderOf } from '../../src/embedded-postgres/server.ts';
import { administer } from './database.ts';
import { makeFolder } from './folder.ts';

export interface OwnPostgres {
  /** Its `postgres` database. */
  connection: Connection;
  /** Creates an empty database. @returns its DATABASE_URL */
  createDatabase(name: string): Promise<string>;
  /** `pg_ctl restart`; resolves when it accepts connections. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  /** `pg_ctl stop` and `start`, for an outage. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  /** Stops it and deletes its data. */
  remove(): Promise<void>;
}

/** Stops the server when its parent exits, even by SIGKILL, because the pipe to standard input then closes. */
const WATCH = 'while read -r line; do :; done; exec "$0" -D "$1" -m immediate stop';

/** Starts a separate PostgreSQL that can be restarted, with fsync as in production. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = makeFolder();
  const host = thisHost();
  const found = await findBinaryPackage(host);
  const place = await choosePlace(folder.dir, 'own', host, true);
  const { dataDir, user } = place;
  const binaries = await runnableBinaries(found, user, user ? host.home : folder.dir);
  await ensureCluster({ binaries, dataDir, user, ephemeral: true });
  const socketFolder = await socketFolderOf(place, host);
  await appendFile(path.join(dataDir, 'postgresql.conf'), settings(socketFolder));

  const pgCtl = path.join(path.dirname(binaries.postgres), 'pg_ctl');
  const control = (...args: string[]): Promise<void> =>
    runControl(pgCtl, ['-D', dataDir, '-w', '-l', path.join(dataDir, 'server.log'), ...args], user);
  await control('start');
  const watch = spawn('/bin/sh', ['-c', WATCH, pgCtl, dataDir], {
    ...user,
    cwd: dataDir,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watch.unref();
  if (watch.stdin instanceof Socket) watch.stdin.unref();
  const connection: Connection = { host: socketFolder, port: PORT, user: SUPERUSER, database: 'postgres', ssl: false };

  return {
    connection,
    async createDatabase(name) {
      await administer(connection, `CREATE DATABASE ${name}`);
      return urlOf({ ...connection, database: name });
    },
    restart: (mode) => control('-m', mode, 'restart'),
    stop: (mode) => control('-m', mode, 'stop'),
    start: () => control('start'),
    async remove() {
      await control('-m', 'immediate', 'stop');
      watch.kill();
      folder.remove();
    },
  };
}

const settings = (socketFolder: string): string => `
listen_addresses = ''
unix_socket_directories = '${socketFolder.replaceAll("'", "''")}'
port = ${PORT}
max_connections = 100
shared_buffers = '64MB'
timezone = 'UTC'
fsync = on
synchronous_commit = on
`;

async function runControl(pgCtl: string, args: string[], user: ServerUser): Promise<void> {
  const { ok, stdout, stderr } = await run(pgCtl, args, { user, cwd: '/' });
  if (!ok) throw new Error(`pg_ctl ${args.join(' ')}: ${stdout}${stderr}`);
}
