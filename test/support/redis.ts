import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { makeFolder } from './folder.ts';
import { eventually, freePort } from './process.ts';

export interface TestRedis {
  /** For REDIS_URL. */
  url: string;
  /** SIGKILL; what was in it is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same port; resolves when it answers. */
  start(): Promise<void>;
  /** SIGSTOP. @returns what lets it go on */
  hush(): () => void;
  /** Runs one command as `redis-cli` does. @returns what it prints */
  cli(...command: string[]): string;
  /** Ends it and takes its folder away. */
  remove(): Promise<void>;
}

/** Whether Debian's `redis-server` is on this machine; tests that need it are left out where it is not, and `npm test` says so. */
export const hasRedis = spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;

/** Ends the server when whoever started it is gone, SIGKILL included: the pipe to its standard input ends then. */
const WATCHED = 'redis-server "$@" & pid=$!; while read -r line; do :; done; kill -9 $pid';

/** A Redis of one's own: a port and a folder that nobody else has, and nothing kept. */
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
    hush() {
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
