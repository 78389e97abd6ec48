import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { makeFolder } from './folder.ts';
import { eventually, freePort } from './process.ts';

export interface TestRedis {
  /** For REDIS_URL. */
  url: string;
  /** Kills it with SIGKILL, losing its data. */
  kill(): Promise<void>;
  /** Restarts it on the same port; resolves when it responds. */
  start(): Promise<void>;
  /** Suspends it with SIGSTOP. @returns a function that resumes it */
  suspend(): () => void;
  /** Runs one command with `redis-cli`. @returns its output */
  cli(...command: string[]): string;
  /** Kills it and removes its folder. */
  remove(): Promise<void>;
}

/** Whether `redis-server` is installed; otherwise `npm test` skips the tests that need it, and says so. */
export const hasRedis = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

/** Kills the server when its parent exits, even by SIGKILL, because the pipe to standard input then closes. */
const WATCHED = 'redis-server "$@" & pid=$!; while read -r line; do :; done; kill -9 $pid';

/** Starts a separate Redis on its own port and in its own folder, without persistence. */
export async function startRedis(): Promise<TestRedis> {
  const folder = makeFolder();
  const port = String(await freePort());
  let watch: ChildProcess;
  const cli = (...command: string[]): string =>
    spawnSync('redis-cli', ['-p', port, ...command], { encoding: 'utf8' }).stdout.trim();
  const kill = async (): Promise<void> => {
    if (watch.exitCode !== null) return;
    const ended = once(watch, 'exit');
    watch.stdin?.destroy();
    await ended;
  };
  const start = async (): Promise<void> => {
    watch = spawn(
      '/bin/sh',
      [
        '-c',
        WATCHED,
        'sh',
        '--port',
        port,
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        '--dir',
        folder.dir,
      ],
      { stdio: ['pipe', 'ignore', 'ignore'] },
    );
    await eventually(() => cli('PING') === 'PONG', 'Redis');
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start,
    suspend() {
      const pid = Number(/process_id:(\d+)/.exec(cli('INFO', 'server'))?.[1]);
      process.kill(pid, 'SIGSTOP');
      return () => {
        process.kill(pid, 'SIGCONT');
      };
    },
    cli,
    async remove() {
      await kill();
      folder.remove();
    },
  };
}
