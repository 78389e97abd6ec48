/**
 * Counts which files of `src/` execute during one request, by V8's coverage of a running server: how much somebody who
 * follows the request has to read. `node --import tsx scripts/request-files.ts`; the figures stand in
 * docs/architecture.md. What runs by itself (the sweep, jobs) is measured first and left out, unless the request runs
 * it too.
 */
import { Session as Inspector } from 'node:inspector/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { projectDir } from '../src/config/env.ts';
import { User } from '../src/models/index.ts';
import { startApp } from '../test/support/app.ts';
import { programOf } from '../test/support/program.ts';
import { createWorld } from '../test/support/world.ts';

const inspector = new Inspector();
inspector.connect();
await inspector.post('Profiler.enable');
await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** The files with a function that was called since the last time. Module bodies count as their import, not as a call. */
async function executedFiles(): Promise<Set<string>> {
  const { result } = await inspector.post('Profiler.takePreciseCoverage');
  return new Set(
    result
      .filter(
        ({ url, functions }) =>
          url.startsWith('file:') &&
          functions.some(({ ranges: [range] }) => range && range.count > 0 && range.startOffset > 0),
      )
      .map(({ url }) => path.relative(projectDir, fileURLToPath(url)))
      .filter((file) => file.startsWith('src/')),
  );
}

const app = await startApp();
const world = await createWorld(app);
const { ana, bob } = world;
await User.update({ admin: true }, { where: { id: ana.user.id } });
const program = await programOf(app, ana);
const { body: task } = await program.post<{ id: number }>('/tasks', { description: 'Order the posters' });

const requests: [name: string, send: () => Promise<unknown>][] = [
  [
    'create a task by form',
    () => ana.client.post('/tasks', { description: 'Call the printer', listId: String(ana.list.id) }),
  ],
  ['complete a task by the API', () => program.patch(`/tasks/${String(task.id)}`, { completed: true })],
  ['disable a user', () => ana.client.post(`/admin/users/${String(bob.user.id)}/disabled`, { reason: 'left' })],
];

await sleep(2_000);
for (const [name, send] of requests) {
  await executedFiles();
  await send();
  await sleep(100);
  const files = [...(await executedFiles())].sort();
  console.log(`${name}: ${String(files.length)} files`);
  if (process.argv.includes('--files')) console.log(files.map((file) => `  ${file}`).join('\n'));
}
await app.close();
