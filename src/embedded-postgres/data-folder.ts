import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { hasCluster } from './cluster.ts';
import { EmbeddedPostgresError } from './errors.ts';
import type { Host } from './host.ts';
import { canEnter, unprivilegedUser, type ServerUser } from './server-user.ts';

/** Where the server keeps its data and whom it runs as. */
export interface Place {
  /** The folder around the clusters, one for each major version. Absolute, without links. */
  folder: string;
  dataDir: string;
  user: ServerUser;
}

/**
 * @param cluster the name of the cluster's folder: `pg18`
 * @throws {EmbeddedPostgresError} when data is there that the server's user cannot reach
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
  if (await reach(user, wanted)) return place(wanted, user);
  if (await hasCluster(path.join(wanted, cluster))) {
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root and the user with id ${user?.uid ?? host.uid} cannot reach its data in ${wanted}: let others enter the folders above it (chmod o+x), or start Taskwire as an ordinary user.`,
    );
  }
  const key = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const folder = ephemeral ? path.join(host.temporary, `taskwire-${key}`) : path.join(host.home, key);
  await fs.mkdir(folder, { recursive: true, mode: 0o755 });
  await handOver(folder, user);
  return place(folder, user);
}

/** A cluster that an ordinary user made goes on under that user when root starts it. */
async function ownerOf(dataDir: string): Promise<ServerUser> {
  if (!(await hasCluster(dataDir))) return undefined;
  const { uid, gid } = await fs.stat(dataDir);
  return uid === 0 ? undefined : { uid, gid };
}

async function reach(user: ServerUser, folder: string): Promise<boolean> {
  if (await canEnter(user, folder)) return true;
  if (!(await canEnter(user, path.dirname(folder)))) return false;
  await handOver(folder, user); // it is for the clusters alone, so it may as well be the server's
  return canEnter(user, folder);
}

/** @throws {EmbeddedPostgresError} when the folder is somebody else's, who could put other data there */
async function handOver(folder: string, user: ServerUser): Promise<void> {
  if (!user) return;
  const found = await fs.lstat(folder);
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== user.uid)) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL cannot use ${folder}, which belongs to the user with id ${found.uid}: remove it, or start Taskwire as that user.`,
    );
  }
  await fs.chown(folder, user.uid, user.gid);
}
