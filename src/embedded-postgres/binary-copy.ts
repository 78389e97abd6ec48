import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { BinaryPackage } from './binaries.ts';
import { linkLibraries } from './library-links.ts';

/**
 * Copies the package below `home`, with its library links, readable by everyone, once for each version.
 * @returns the copy's folder
 */
export async function copyBinaries({ name, folder, version }: BinaryPackage, home: string): Promise<string> {
  const copy = path.join(home, `${path.basename(name)}-${version}`);
  if (await isFolder(copy)) return copy;
  await fs.mkdir(home, { recursive: true, mode: 0o755 });
  const part = `${copy}.part-${randomUUID()}`;
  try {
    await fs.cp(path.join(folder, 'native'), path.join(part, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !file.endsWith('.a'), // for linking programs only
    });
    await openToEveryone(part); // an install may be closed to the server's user, or to writing
    await linkLibraries(part);
    await fs.rename(part, copy);
  } catch (error) {
    if (!(await isFolder(copy))) throw error; // else another process was faster
  } finally {
    await fs.rm(part, { recursive: true, force: true });
  }
  return copy;
}

async function openToEveryone(folder: string): Promise<void> {
  await fs.chmod(folder, 0o755);
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await openToEveryone(file);
    else if (entry.isFile()) await fs.chmod(file, 0o755);
  }
}

const isFolder = (folder: string): Promise<boolean> =>
  fs.stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
