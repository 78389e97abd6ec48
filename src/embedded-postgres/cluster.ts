/** The data: which folder and user they belong to, how initdb creates them, and which versions can share a folder. */
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError, errorCode, reasonIn, shortageIn } from './errors.ts';
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
 * @returns whether it was created here
 * @throws {EmbeddedPostgresError} when initdb fails
 */
export async function ensureCluster({ binaries, dataDir, user, ephemeral }: ClusterOptions): Promise<boolean> {
  if (await hasCluster(dataDir)) return false;
  await removeLeftovers(dataDir);
  const part = `${dataDir}.init-${process.pid}-${randomUUID()}`;
  try {
    await fs.mkdir(part, { mode: 0o700 });
    if (user) await fs.chown(part, user.uid, user.gid);
    const { ok, stderr } = await run(binaries.initdb, initdbArguments(part, ephemeral), { user, cwd: part });
    if (!ok) throw initdbFailed(dataDir, stderr);
    await fs.rename(part, dataDir);
    if (!ephemeral) await syncFolder(path.dirname(dataDir));
    return true;
  } catch (error) {
    if (!(await hasCluster(dataDir))) throw error;
    return false;
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
  const remedy = shortageIn(output) ?? 'fix that, or set DATABASE_URL to a PostgreSQL server';
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL could not create its data folder ${dataDir} (${reasonIn(output)}): ${remedy}.`,
    { cause: output },
  );
}

/** Where the server keeps its data and which user it runs as. */
export interface Place {
  /** The parent of the clusters, one per major version. Absolute, without symlinks. */
  folder: string;
  dataDir: string;
  user: ServerUser;
  /** Why it is not the folder that was asked for, in one sentence; null where it is. */
  elsewhere: string | null;
}

/**
 * Root's server runs as another user, who may be unable to reach `dir`. Its data is then below the host's `home`, and a
 * file in `dir` says where: it moves along when the folder is moved or renamed.
 * @param cluster the name of the cluster's folder: `pg18`
 * @throws {EmbeddedPostgresError} when existing data cannot be reached by the server's user, or is not where it was
 */
export async function choosePlace(dir: string, cluster: string, host: Host, ephemeral: boolean): Promise<Place> {
  const wanted = path.resolve(dir);
  await fs.mkdir(wanted, { recursive: true, mode: host.uid === 0 ? 0o755 : 0o700 });
  const place = async (folder: string, user: ServerUser, elsewhere: string | null = null): Promise<Place> => {
    const real = await fs.realpath(folder);
    return { folder: real, dataDir: path.join(real, cluster), user, elsewhere };
  };
  const isHere = await hasCluster(path.join(wanted, cluster));
  const known = ephemeral || isHere ? null : await movedTo(wanted, host);
  if (host.uid !== 0) {
    if (known !== null) throw needsRoot(wanted, known);
    return place(wanted, undefined);
  }

  const user = (await ownerOf(path.join(wanted, cluster))) ?? (await unprivilegedUser());
  if (known === null && (await ensureReachable(user, wanted))) return place(wanted, user);
  if (isHere) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root and the user with id ${user?.uid ?? host.uid} cannot reach its ` +
        `data in ${wanted}: let others enter the folders above it (chmod o+x), or start the app as an ` +
        'ordinary user.',
    );
  }
  const folder = known ?? newFolder(wanted, host, ephemeral);
  if (!ephemeral) await rememberPlace(wanted, folder, known !== null);
  await fs.mkdir(folder, { recursive: true, mode: 0o755 });
  await giveTo(folder, user);
  return place(
    folder,
    user,
    `The data is in ${folder} and not in ${wanted}: PostgreSQL does not run as root, and its user could not enter ` +
      'that folder when the database was created.',
  );
}

/** Named after the path, so that data from before there was a pointer is found. */
function newFolder(wanted: string, host: Host, ephemeral: boolean): string {
  const key = createHash('sha256').update(wanted).digest('hex').slice(0, KEY_LENGTH);
  return ephemeral ? path.join(host.temporary, `${host.name}-${key}`) : path.join(host.home, key);
}

const KEY_LENGTH = 12;
/** In the folder that was asked for: the name of the one below `home` that holds its data. */
const POINTER = 'data-is-in';

/**
 * A name only, and only below `home`: whoever owns the folder must not be able to send root elsewhere.
 * @returns the absolute path, or null
 */
async function movedTo(wanted: string, { home }: Pick<Host, 'home'>): Promise<string | null> {
  const name = (await readIfThere(path.join(wanted, POINTER))).trim();
  return new RegExp(`^[0-9a-f]{${KEY_LENGTH}}$`).test(path.basename(name))
    ? path.join(home, path.basename(name))
    : null;
}

const readIfThere = (file: string): Promise<string> =>
  fs.readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  });

/**
 * Writes both ways: in the folder where the data is, and beside the data which folder it belongs to, so that a copy of
 * the folder is told from one that was moved.
 * @throws {EmbeddedPostgresError} when the data is gone, or belongs to a folder that this one is a copy of
 */
async function rememberPlace(wanted: string, folder: string, known: boolean): Promise<void> {
  const pointer = path.join(wanted, POINTER);
  const owner = `${folder}.belongs-to`; // not inside, where the server's user could replace it by a link
  if (known) {
    const exists = await fs.stat(folder).then(
      () => true,
      () => false,
    );
    if (!exists)
      throw new EmbeddedPostgresError(
        `The data of ${wanted} was in ${folder}, which is not there: bring it back, or remove ${pointer} to start ` +
          'empty.',
      );
    const other = (await readIfThere(owner)).trim();
    if (other !== '' && other !== wanted && (await movedTo(other, { home: path.dirname(folder) })) === folder)
      throw new EmbeddedPostgresError(
        `The data in ${folder} belongs to ${other}, of which ${wanted} is a copy: remove ${pointer} to start empty.`,
      );
  }
  await fs.mkdir(path.dirname(folder), { recursive: true, mode: 0o755 });
  await fs.writeFile(owner, `${wanted}\n`);
  await fs.writeFile(pointer, `${folder}\n`);
}

function needsRoot(wanted: string, folder: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The data of ${wanted} is in ${folder}, where root has put it: start the app as root, or move the data into ` +
      `${wanted}, owned by the user who starts the app.`,
  );
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
