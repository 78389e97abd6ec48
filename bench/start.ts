import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { median, type Figure } from './support/figures.ts';
import { acquire } from './support/resources.ts';
import { startServer } from './support/server.ts';

/** Startup time with an existing embedded database, and idle memory. */
export async function startAndMemory({ rounds }: { rounds: number }): Promise<Figure[]> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'taskwire-start-'));
  acquire(() => ({
    stop: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  }));
  const first = await acquire(() => startServer({ DATA_DIR: dir }));
  await first.stop();
  const starts: number[] = [];
  const idle: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const server = await acquire(() => startServer({ DATA_DIR: dir }));
    starts.push(server.startupMs);
    await pause(3000);
    idle.push(server.memory());
    await server.stop();
  }
  return [
    { name: 'first start, with initdb and all migrations', value: first.startupMs / 1000, unit: 's' },
    { name: 'start', value: median(starts) / 1000, unit: 's', goal: { is: 'at most', value: 1.5 } },
    {
      name: 'idle memory (without PostgreSQL)',
      value: median(idle),
      unit: 'MB',
      goal: { is: 'at most', value: 120 },
    },
  ];
}
