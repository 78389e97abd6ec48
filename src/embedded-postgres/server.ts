/** The server process: its socket, its settings, how it starts, and how it ends with its parent. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import { Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import type { Place } from './cluster.ts';
import { EmbeddedPostgresError, errorCode } from './errors.ts';
import { SERVER_ENV, type Host, type ServerUser } from './host.ts';

/** Only part of the socket's name: nothing listens on TCP. */
export const PORT = 5432;
export const SOCKET_NAME = `.s.PGSQL.${PORT}`;

/** Bytes. The limit for a socket's path is 107 on Linux and 103 on macOS. */
const MAX_PATH = 100;

/**
 * The data folder, or a private temporary folder if that path is too long for a socket. It is the same at every start,
 * so that a connection pool finds the server again after a restart.
 */
export async function socketFolderOf({ dataDir, user }: Place, { name, temporary, uid }: Host): Promise<string> {
  if (fits(dataDir)) return dataDir;
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const unique = `${name}-pg-${user?.uid ?? uid}-${key}`;
  const folder = path.join(temporary, unique);
  return ensurePrivateFolder(fits(folder) ? folder : path.join('/tmp', unique), user);
}

const fits = (folder: string): boolean => Buffer.byteLength(path.join(folder, SOCKET_NAME)) <= MAX_PATH;

/**
 * Creates a folder that only the server's user (and root) can enter, or reuses it.
 * @throws {EmbeddedPostgresError} when another user owns that path: in a shared folder it may be a trap
 */
async function ensurePrivateFolder(folder: string, user: ServerUser): Promise<string> {
  try {
    await fs.mkdir(folder, { mode: 0o700 });
    if (user) await fs.chown(folder, user.uid, user.gid);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const found = await fs.lstat(folder);
  const owner = user?.uid ?? process.getuid?.();
  // a folder of root's is one that another process was about to chown
  if (user && found.isDirectory() && found.uid === 0) await fs.chown(folder, user.uid, user.gid);
  else if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o077) !== 0) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL needs ${folder} for itself, but it belongs to another user or is open to` +
        ' others: remove it, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  return folder;
}

export interface ServerSettings {
  dataDir: string;
  socketFolder: string;
  maxConnections: number;
  ephemeral: boolean;
}

/** The command line of `postgres`, which overrides the files in the data folder. */
function serverArguments({ dataDir, socketFolder, maxConnections, ephemeral }: ServerSettings): string[] {
  const settings = {
    listen_addresses: '',
    // A list: an unquoted comma would split the name.
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    port: PORT,
    max_connections: maxConnections,
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    timezone: 'UTC',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    // Keeps user data out of the log: no statements, no details such as "Key (email)=(…) already exists".
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(ephemeral && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

/**
 * Ties the server's life to the app's: a background shell reads a pipe from the app and, at end-of-file (the app is
 * gone, SIGKILL included), shuts the server down. `exec` keeps the pid, so that the app's child is the server itself.
 * The background shell is forked twice, because the server must not have a child that it did not start.
 */
const LAUNCHER = `
pid=$$
exec 3<&0 </dev/null
( ( trap '' HUP INT TERM
    while read -r line <&3; do :; done
    seconds=0
    while kill -0 "$pid" && [ "$seconds" -lt 60 ]; do
      owner=; read -r owner <postmaster.pid
      if [ "$owner" = "$pid" ]; then
        if [ "$seconds" -lt 30 ]; then kill -INT "$pid"; else kill -QUIT "$pid"; fi
      fi
      seconds=$((seconds + 1)); sleep 1
    done ) >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
`;

/** Milliseconds for a shutdown with a checkpoint before one without. */
const FAST_SHUTDOWN_MS = 10_000;

/** Milliseconds to wait for the last lines of a server that has exited. */
const STDERR_GRACE_MS = 200;

export interface RunningServer {
  pid: number | undefined;
  /** Whether the process has ended or never started. */
  ended(): boolean;
  /** Resolves when the process has ended. */
  end: Promise<void>;
  /** Its last lines of output. */
  output(): string;
  /** Closes sessions, writes a checkpoint, and resolves when the process has ended. */
  stop(): Promise<void>;
}

/** Starts the server process, which neither keeps this process alive nor survives it. */
export function launch(
  binaries: Binaries,
  settings: ServerSettings,
  user: ServerUser,
  log: (line: string) => void,
): RunningServer {
  const child = spawn(
    '/bin/sh',
    ['-c', LAUNCHER, 'embedded-postgres', binaries.postgres, ...serverArguments(settings)],
    {
      ...user,
      cwd: settings.dataDir,
      env: SERVER_ENV,
      detached: true, // Ctrl-C must only reach the app, which then stops the server
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );
  let lines: string[] = [];
  const record = (line: string): void => {
    lines = [...lines, line].slice(-50);
    log(line);
  };
  createInterface(child.stderr).on('line', record);
  child.stdin.on('error', () => undefined); // the server exited first

  let ended = false;
  const end = new Promise<void>((resolve) => {
    const finish = (): void => {
      ended = true;
      child.stdin.destroy();
      resolve();
    };
    child.once('error', (error) => {
      record(error.message);
      finish();
    });
    child.once('close', finish); // its last line has been read; a surviving backend can delay that, hence `exit` below
    child.once('exit', () => {
      setTimeout(finish, STDERR_GRACE_MS).unref();
    });
  });
  child.unref();
  for (const stream of [child.stdin, child.stderr]) if (stream instanceof Socket) stream.unref();

  return {
    pid: child.pid,
    ended: () => ended,
    end,
    output: () => lines.join('\n'),
    async stop() {
      if (ended) return;
      child.ref();
      child.kill('SIGINT');
      const timeout = new AbortController();
      await Promise.race([end, sleep(FAST_SHUTDOWN_MS, undefined, { signal: timeout.signal }).catch(() => undefined)]);
      timeout.abort();
      if (!ended) child.kill('SIGQUIT');
      await end;
    },
  };
}
