import fs from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './errors.ts';

interface Link {
  /** Both relative to the package's folder. */
  source: string;
  target: string;
}

/**
 * Makes the links between libraries that npm does not pack; the package's install script makes them only where
 * npm runs it (not with `--ignore-scripts`, and not by default from npm 12 on).
 * @returns false where links are missing and the folder is not ours to write in
 */
export async function linkLibraries(packageFolder: string): Promise<boolean> {
  for (const { source, target } of await linksOf(packageFolder)) {
    const link = path.join(packageFolder, target);
    try {
      await fs.symlink(path.relative(path.dirname(target), source), link);
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EEXIST') continue;
      if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) throw error;
      if (!(await exists(link))) return false;
    }
  }
  return true;
}

async function linksOf(packageFolder: string): Promise<Link[]> {
  try {
    return JSON.parse(await fs.readFile(path.join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []; // not every platform needs them
    throw error;
  }
}

const exists = (file: string): Promise<boolean> =>
  fs.access(file).then(
    () => true,
    () => false,
  );
