/**
 * Counts which files of `src/` execute during one request, by V8's coverage of a running server: how much somebody who
 * follows the request has to read. `node --import tsx scripts/request-files.ts`; the figures stand in
 * docs/architecture.md. Each request is sent three times, and only files that execute every time are counted: the sweep,
 * the jobs and the heartbeats run by themselves now and then.
 */
import { Session as Inspector } from 'node:inspector/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { projectDir } from '../src/config/env.ts';
import { User } from '../src/models/index.ts';
import { startApp } from '../test/support/app.ts';
import { programOf } from '../test/support/program.ts';
import { createPerson, createWorld } from '../test/support/world.ts';

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

const ROUNDS = [0, 1, 2];

const app = await startApp();
const { ana, bob, eve } = await createWorld(app);
const cara = await createPerson(app, 'Cara');
await User.update({ admin: true }, { where: { id: ana.user.id } });
const program = await programOf(app, ana);
const tasks = await Promise.all(
  ROUNDS.map(async () => (await program.post<{ id: number }>('/tasks', { description: 'Order the posters' })).body),
);

const requests: [name: string, send: (round: number) => Promise<unknown>][] = [
  [
    'create a task by form',
    () => ana.client.post('/tasks', { description: 'Call the printer', listId: String(ana.list.id) }),
  ],
  ['complete a task by the API', (round) => program.patch(`/tasks/${String(tasks[round]?.id)}`, { completed: true })],
  [
    'disable a user',
    (round) => ana.client.post(`/admin/users/${String([bob, eve, cara][round]?.user.id)}/disabled`, { reason: 'left' }),
  ],
];

for (const [name, send] of requests) {
  let files: string[] | undefined;
  for (const round of ROUNDS) {
    await sleep(700);
    await executedFiles();
    await send(round);
    await sleep(100);
    const executed = await executedFiles();
    files = files?.filter((file) => executed.has(file)) ?? [...executed].sort();
  }
  console.log(`${name}: ${String(files?.length)} files`);
  if (process.argv.includes('--files')) console.log(files?.map((file) => `  ${file}`).join('\n'));
}
await app.close();
