import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError, reasonIn } from './errors.ts';
import { processExists } from './processes.ts';
import { run } from './run.ts';
import type { ServerUser } from './server-user.ts';

export const SUPERUSER = 'postgres';

export const hasCluster = (dataDir: string): Promise<boolean> =>
  fs.access(path.join(dataDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  );

export interface ClusterOptions {
  binaries: Binaries;
  dataDir: string;
  user: ServerUser;
  ephemeral: boolean;
}

/**
 * Makes the cluster unless it is there: beside its place and then renamed, so that it is whole or not there at all,
 * whoever is killed; of processes that do so at once the first rename wins.
 * @throws {EmbeddedPostgresError} when initdb fails
 */
export async function ensureCluster({ binaries, dataDir, user, ephemeral }: ClusterOptions): Promise<void> {
  if (await hasCluster(dataDir)) return;
  await removeLeftovers(dataDir);
  const part = `${dataDir}.init-${process.pid}-${randomUUID()}`;
  try {
    await fs.mkdir(part, { mode: 0o700 });
    if (user) await fs.chown(part, user.uid, user.gid);
    const { ok, stderr } = await run(binaries.initdb, initdbArguments(part, ephemeral), { user, cwd: part });
    if (!ok) throw initdbFailed(dataDir, stderr);
    await fs.rename(part, dataDir);
    if (!ephemeral) await syncFolder(path.dirname(dataDir));
  } catch (error) {
    if (!(await hasCluster(dataDir))) throw error;
  } finally {
    await fs.rm(part, { recursive: true, force: true });
  }
}

/** Locale C for what belongs to the system (messages, numbers), ICU for comparing text: the same on every machine. */
function initdbArguments(folder: string, ephemeral: boolean): string[] {
  return [
    '-D',
    folder,
    '-U',
    SUPERUSER,
    '--auth=trust',
    '--encoding=UTF8',
    '--no-instructions',
    '--locale=C',
    '--locale-provider=icu',
    '--icu-locale=en-US',
    ...(ephemeral ? ['--no-sync'] : []),
  ];
}

/** What processes left that were killed while they made the cluster. */
async function removeLeftovers(dataDir: string): Promise<void> {
  const prefix = `${path.basename(dataDir)}.init-`;
  for (const name of await fs.readdir(path.dirname(dataDir))) {
    if (!name.startsWith(prefix) || processExists(Number.parseInt(name.slice(prefix.length), 10))) continue;
    await fs.rm(path.join(path.dirname(dataDir), name), { recursive: true, force: true });
  }
}

/** A rename is only safe from a power failure once the folder around it is on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function initdbFailed(dataDir: string, output: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL could not make its data folder ${dataDir} (${reasonIn(output)}): mend that, or set DATABASE_URL to a PostgreSQL server.`,
    { cause: output },
  );
}
