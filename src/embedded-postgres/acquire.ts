import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { ensureDatabase } from './database.ts';
import { EmbeddedPostgresError, reasonIn } from './errors.ts';
import { launch, type RunningServer } from './launch.ts';
import { removeStaleLocks, serverLock } from './lock-file.ts';
import { isServerOf } from './processes.ts';
import type { ServerSettings } from './server-arguments.ts';
import type { ServerUser } from './server-user.ts';

/** Milliseconds; a server that recovers after a power failure may need a while. */
const PATIENCE_MS = 120_000;

/** Another process holds the place at this moment: it wins, is going away, or left a lock that we judge next time. */
const TAKEN = /lock file ".*" (already exists|is empty)|shared memory block .* is still in use|bogus data in lock file/;

export interface Request {
  binaries: Binaries;
  settings: ServerSettings;
  user: ServerUser;
  database: string;
  log: (line: string) => void;
}

export interface Acquired {
  pid: number;
  socketFolder: string;
  /** Undefined where another process runs the server. */
  own: RunningServer | undefined;
}

/**
 * Joins the server that runs on the data folder, or starts one; resolves when it answers and has the database.
 * @throws {EmbeddedPostgresError} when the server ends at once or does not get ready
 */
export async function acquireServer(request: Request): Promise<Acquired> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const acquired = await attempt(request, deadline);
    if (acquired) return acquired;
    await sleep(50);
  }
  throw doesNotStart(request.settings.dataDir, `it was not ready after ${PATIENCE_MS / 1000} seconds`);
}

/** Resolves to undefined where it is worth another attempt. */
async function attempt(request: Request, deadline: number): Promise<Acquired | undefined> {
  const { binaries, settings, user, database, log } = request;
  const { dataDir, socketFolder } = settings;
  const lock = await serverLock(dataDir);
  if (lock && isServerOf(lock.pid, dataDir)) {
    const joined = lock.status === 'ready' && (await ensureDatabase(lock.socketFolder, database));
    return joined ? { pid: lock.pid, socketFolder: lock.socketFolder, own: undefined } : undefined;
  }
  await removeStaleLocks(dataDir, socketFolder, log);
  const own = launch(binaries, settings, user, log);
  if (await becomesReady(own, request, deadline)) return { pid: own.pid ?? 0, socketFolder, own };
  if (Date.now() < deadline && !TAKEN.test(own.output())) throw doesNotStart(dataDir, own.output());
  return undefined;
}

/** Resolves to false when the server has ended. */
async function becomesReady(
  server: RunningServer,
  { settings, database }: Request,
  deadline: number,
): Promise<boolean> {
  try {
    while (!server.ended() && Date.now() < deadline) {
      const lock = await serverLock(settings.dataDir);
      // Connecting any earlier only fills the log.
      if (
        lock?.pid === server.pid &&
        lock?.status === 'ready' &&
        (await ensureDatabase(settings.socketFolder, database))
      )
        return true;
      await Promise.race([server.end, sleep(10)]);
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  await server.stop();
  return false;
}

function doesNotStart(dataDir: string, output: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL does not start in ${dataDir} (${reasonIn(output)}): mend that, or set DATABASE_URL to a PostgreSQL server.`,
    { cause: output },
  );
}
