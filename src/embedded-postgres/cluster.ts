/** The data: which folder and user they belong to, how initdb creates them, and which versions can share a folder. */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError, reasonIn } from './errors.ts';
import { canEnter, processExists, run, unprivilegedUser, type Host, type ServerUser } from './host.ts';

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
 * Creates the cluster if it does not exist: under a temporary name and then renamed, so that it is complete or absent
 * even if a process is killed. If several processes do so at once, the first rename wins.
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

/** Locale C for messages and numbers, ICU for comparing text: the same on every machine. */
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

/** Removes what processes left behind that were killed during initdb. */
async function removeLeftovers(dataDir: string): Promise<void> {
  const prefix = `${path.basename(dataDir)}.init-`;
  for (const name of await fs.readdir(path.dirname(dataDir))) {
    if (!name.startsWith(prefix) || processExists(Number.parseInt(name.slice(prefix.length), 10))) continue;
    await fs.rm(path.join(path.dirname(dataDir), name), { recursive: true, force: true });
  }
}

/** A rename survives a power failure only once the parent folder is synced. */
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
    `The embedded PostgreSQL could not create its data folder ${dataDir} (${reasonIn(output)}): fix ` +
      'that, or set DATABASE_URL to a PostgreSQL server.',
    { cause: output },
  );
}

/** Where the server keeps its data and which user it runs as. */
export interface Place {
  /** The parent of the clusters, one per major version. Absolute, without symlinks. */
  folder: string;
  dataDir: string;
  user: ServerUser;
}

/**
 * @param cluster the name of the cluster's folder: `pg18`
 * @throws {EmbeddedPostgresError} when existing data cannot be reached by the server's user
 */
export async function choosePlace(dir: string, cluster: string, host: Host, ephemeral: boolean): Promise<Place> {
  const wanted = path.resolve(dir);
  await fs.mkdir(wanted, { recursive: true, mode: host.uid === 0 ? 0o755 : 0o700 });
  const place = async (folder: string, user: ServerUser): Promise<Place> => {
    const real = await fs.realpath(folder);
    return { folder: real, dataDir: path.join(real, cluster), user };
  };
  if (host.uid !== 0) return place(wanted, undefined);

  const user = (await ownerOf(path.join(wanted, cluster))) ?? (await unprivilegedUser());
  if (await ensureReachable(user, wanted)) return place(wanted, user);
  if (await hasCluster(path.join(wanted, cluster))) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root and the user with id ${user?.uid ?? host.uid} cannot reach its ` +
        `data in ${wanted}: let others enter the folders above it (chmod o+x), or start the app as an ` +
        'ordinary user.',
    );
  }
  const key = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const folder = ephemeral ? path.join(host.temporary, `${host.name}-${key}`) : path.join(host.home, key);
  await fs.mkdir(folder, { recursive: true, mode: 0o755 });
  await giveTo(folder, user);
  return place(folder, user);
}

/** A cluster created by an ordinary user keeps running as that user when root starts it. */
async function ownerOf(dataDir: string): Promise<ServerUser> {
  if (!(await hasCluster(dataDir))) return undefined;
  const { uid, gid } = await fs.stat(dataDir);
  return uid === 0 ? undefined : { uid, gid };
}

async function ensureReachable(user: ServerUser, folder: string): Promise<boolean> {
  if (await canEnter(user, folder)) return true;
  if (!(await canEnter(user, path.dirname(folder)))) return false;
  await giveTo(folder, user); // it only holds clusters, so the server's user may own it
  return canEnter(user, folder);
}

/** @throws {EmbeddedPostgresError} when another user owns the folder and could plant data there */
async function giveTo(folder: string, user: ServerUser): Promise<void> {
  if (!user) return;
  const found = await fs.lstat(folder);
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== user.uid)) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL cannot use ${folder}, which belongs to the user with id ${found.uid}: ` +
        'remove it, or start the app as that user.',
    );
  }
  await fs.chown(folder, user.uid, user.gid);
}

/**
 * One major version cannot read another's data, and starting empty beside it would look like data loss.
 * @throws {EmbeddedPostgresError} when the folder only has clusters of other major versions
 */
export async function refuseOtherMajors(folder: string, major: number): Promise<void> {
  const majors: number[] = [];
  for (const name of await fs.readdir(folder)) {
    const other = Number(/^pg(\d+)$/.exec(name)?.[1]);
    if (other && (await hasCluster(path.join(folder, name)))) majors.push(other);
  }
  if (majors.length === 0 || majors.includes(major)) return;
  const other = majors.reduce((newest, each) => Math.max(newest, each));
  const data = path.join(folder, `pg${other}`);
  throw new EmbeddedPostgresError(
    other < major
      ? `The data in ${data} was written by PostgreSQL ${other} and this version comes with PostgreSQL ` +
          `${major}, which cannot read it: start the version that wrote it, dump its database with pg_dump ` +
          `and restore it into the new one, or move ${data} away to start empty.`
      : `The data in ${data} was written by PostgreSQL ${other} and this version comes with the older ` +
          `PostgreSQL ${major}, which cannot read it: install the newer version again, or move ${data} away` +
          ' to start empty.',
  );
}
