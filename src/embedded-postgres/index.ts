/**
 * A private PostgreSQL for machines that only have Node: the binaries come from npm, the server listens on a Unix
 * socket only and ends with the app. Processes that use the same folder share one server.
 */
import { acquireServer, type Acquired } from './acquire.ts';
import { findBinaryPackage, runnableBinaries } from './binaries.ts';
import { choosePlace, ensureCluster, refuseOtherMajors, SUPERUSER } from './cluster.ts';
import { EmbeddedPostgresError, errorCode, shortageIn } from './errors.ts';
import { isServerOf, thisHost, type Host } from './host.ts';
import { PORT, socketFolderOf } from './server.ts';

export { EmbeddedPostgresError } from './errors.ts';

export interface EmbeddedOptions {
  /** Holds nothing but the clusters, one per major version of PostgreSQL; created if missing. */
  dir: string;
  /** Created if missing. */
  database: string;
  /** Of the application: names folders outside `dir`, where root or a long path needs them. */
  name?: string;
  /** A throw-away cluster for tests, separate from the durable one and without fsync. */
  ephemeral?: boolean;
  /** Maximum number of connections, 50 by default. A server that is already running keeps its own. */
  maxConnections?: number;
  /** Receives the server's log line by line. */
  log?: (line: string) => void;
}

export interface EmbeddedServer {
  /** For `pg` and Sequelize; `host` is the socket's folder, the same at every start. */
  connection: { host: string; port: number; user: string; database: string };
  /** False if another process or an earlier call runs the server, which then ends with that one. */
  owner: boolean;
  /** `18.4` */
  version: string;
  /** The cluster's absolute path. For root it may be outside `dir`, where the server's user can reach it. */
  dataDir: string;
  /** Why it is outside `dir`, in one sentence; null where it is inside. */
  elsewhere: string | null;
  /** Whether the cluster was created now, and so is empty. */
  created: boolean;
  /** Resolves when the server ends without `stop`; within half a second if another process runs it. */
  lost: Promise<void>;
  /** Stops the server and resolves when it has ended; if another process runs it, only stops watching it. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL, or joins it if it is already running on that folder; resolves when it accepts
 * connections. The server does not keep this process alive and ends with it, however that ends.
 * @throws {EmbeddedPostgresError} one sentence with the remedy
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedServer> {
  return startOn(thisHost(options.name), options);
}

/** `startEmbeddedPostgres` on a given host. */
export async function startOn(host: Host, options: EmbeddedOptions): Promise<EmbeddedServer> {
  try {
    return await start(host, options);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError || errorCode(error) === '') throw error;
    const remedy =
      shortageIn(errorCode(error)) ??
      'make the folder usable for the user who starts the app, or set DATABASE_URL to a PostgreSQL server';
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL cannot use ${options.dir} (${(error as Error).message}): ${remedy}.`,
      { cause: error },
    );
  }
}

async function start(
  host: Host,
  { dir, database, ephemeral = false, maxConnections = 50, log = () => undefined }: EmbeddedOptions,
): Promise<EmbeddedServer> {
  const found = await findBinaryPackage(host);
  const place = await choosePlace(dir, `pg${found.major}${ephemeral ? '-ephemeral' : ''}`, host, ephemeral);
  const { dataDir, folder, user } = place;
  if (!ephemeral) await refuseOtherMajors(folder, found.major);
  const binaries = await runnableBinaries(found, user, user ? host.home : folder);
  const created = await ensureCluster({ binaries, dataDir, user, ephemeral });
  const socketFolder = await socketFolderOf(place, host);
  const settings = { dataDir, socketFolder, maxConnections, ephemeral };
  const acquired = await acquireServer({ binaries, settings, user, database, log });
  return {
    connection: { host: acquired.socketFolder, port: PORT, user: SUPERUSER, database },
    owner: acquired.own !== undefined,
    version: binaries.version,
    dataDir,
    elsewhere: place.elsewhere,
    created,
    ...lifecycle(acquired, dataDir),
  };
}

function lifecycle({ pid, own }: Acquired, dataDir: string): Pick<EmbeddedServer, 'lost' | 'stop'> {
  if (!own) {
    const watch = watchServer(pid, dataDir);
    return {
      lost: watch.gone,
      stop() {
        watch.stop();
        return Promise.resolve();
      },
    };
  }
  let stopping = false;
  return {
    lost: new Promise((resolve) => {
      void own.end.then(() => {
        if (!stopping) resolve();
      });
    }),
    stop() {
      stopping = true;
      return own.stop();
    },
  };
}

const WATCH_INTERVAL_MS = 250;

/** Polls a server that is not our child and thus sends no exit event; does not keep the process alive. */
function watchServer(pid: number, dataDir: string): { gone: Promise<void>; stop(): void } {
  const watch = new AbortController();
  const gone = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (isServerOf(pid, dataDir)) return;
      clearInterval(timer);
      resolve();
    }, WATCH_INTERVAL_MS).unref();
    watch.signal.addEventListener('abort', () => {
      clearInterval(timer);
    });
  });
  return {
    gone,
    stop: () => {
      watch.abort();
    },
  };
}
