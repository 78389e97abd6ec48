import { acquireServer, type Acquired } from './acquire.ts';
import { findBinaryPackage, runnableBinaries } from './binaries.ts';
import { ensureCluster, SUPERUSER } from './cluster.ts';
import { choosePlace } from './data-folder.ts';
import { EmbeddedPostgresError, errorCode } from './errors.ts';
import type { Host } from './host.ts';
import type { EmbeddedOptions, EmbeddedServer } from './index.ts';
import { refuseOtherMajors } from './other-majors.ts';
import { PORT, socketFolderOf } from './socket-folder.ts';
import { watchServer } from './watch.ts';

/** `startEmbeddedPostgres` on a given host. */
export async function startOn(host: Host, options: EmbeddedOptions): Promise<EmbeddedServer> {
  try {
    return await start(host, options);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError || errorCode(error) === '') throw error;
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL cannot use ${options.dir} (${(error as Error).message}): make the folder usable for the user who starts Taskwire, or set DATABASE_URL to a PostgreSQL server.`,
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
  await ensureCluster({ binaries, dataDir, user, ephemeral });
  const socketFolder = await socketFolderOf(place, host);
  const settings = { dataDir, socketFolder, maxConnections, ephemeral };
  const acquired = await acquireServer({ binaries, settings, user, database, log });
  return {
    connection: { host: acquired.socketFolder, port: PORT, user: SUPERUSER, database },
    owner: acquired.own !== undefined,
    version: binaries.version,
    dataDir,
    ...lifeOf(acquired, dataDir),
  };
}

function lifeOf({ pid, own }: Acquired, dataDir: string): Pick<EmbeddedServer, 'lost' | 'stop'> {
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
