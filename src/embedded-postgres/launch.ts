import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { SERVER_ENV } from './run.ts';
import { serverArguments, type ServerSettings } from './server-arguments.ts';
import type { ServerUser } from './server-user.ts';

/**
 * The server's standard input is a pipe from the app. A shell of its own holds the other end: when the app dies,
 * SIGKILL included, it reads end-of-file and shuts the server down. `exec` keeps the process number, so that the
 * app's child is the server. Two forks, since the server must not find a child that it does not know.
 */
const LAUNCHER = `
pid=$$
exec 3<&0 </dev/null
( ( trap '' HUP INT TERM
    while read -r line <&3; do :; done
    seconds=0
    while kill -0 "$pid" && [ "$seconds" -lt 60 ]; do
      owner=; read -r owner <postmaster.pid
      if [ "$owner" = "$pid" ]; then
        if [ "$seconds" -lt 30 ]; then kill -INT "$pid"; else kill -QUIT "$pid"; fi
      fi
      seconds=$((seconds + 1)); sleep 1
    done ) >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
`;

/** Milliseconds for a shutdown with a checkpoint, before one without. */
const FAST_SHUTDOWN_MS = 10_000;

/** Milliseconds for the last lines of a server that has ended. */
const LAST_WORDS_MS = 200;

export interface RunningServer {
  pid: number | undefined;
  /** Whether the process has ended, or never began. */
  ended(): boolean;
  /** Resolves when the process has ended. */
  end: Promise<void>;
  /** The last lines that it wrote. */
  output(): string;
  /** Ends sessions, writes a checkpoint, and resolves when the process has ended. */
  stop(): Promise<void>;
}

/** Starts the server's process; it neither keeps this one alive nor outlives it. */
export function launch(
  binaries: Binaries,
  settings: ServerSettings,
  user: ServerUser,
  log: (line: string) => void,
): RunningServer {
  const child = spawn(
    '/bin/sh',
    ['-c', LAUNCHER, 'taskwire-postgres', binaries.postgres, ...serverArguments(settings)],
    {
      ...user,
      cwd: settings.dataDir,
      env: SERVER_ENV,
      detached: true, // a Ctrl-C in the terminal is the app's to handle, which then stops the server
      stdio: ['pipe', 'ignore', 'pipe'],
    },
  );
  let lines: string[] = [];
  const note = (line: string): void => {
    lines = [...lines, line].slice(-50);
    log(line);
  };
  createInterface(child.stderr).on('line', note);
  child.stdin.on('error', () => undefined); // the server ended first

  let ended = false;
  const end = new Promise<void>((resolve) => {
    const finish = (): void => {
      ended = true;
      child.stdin.destroy();
      resolve();
    };
    child.once('error', (error) => {
      note(error.message);
      finish();
    });
    child.once('close', finish); // after its last line was read, which a backend that outlives it can hold back
    child.once('exit', () => {
      setTimeout(finish, LAST_WORDS_MS).unref();
    });
  });
  child.unref();
  for (const stream of [child.stdin, child.stderr]) if (stream instanceof Socket) stream.unref();

  return {
    pid: child.pid,
    ended: () => ended,
    end,
    output: () => lines.join('\n'),
    async stop() {
      if (ended) return;
      child.ref();
      child.kill('SIGINT');
      const late = new AbortController();
      await Promise.race([end, sleep(FAST_SHUTDOWN_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
      late.abort();
      if (!ended) child.kill('SIGQUIT');
      await end;
    },
  };
}
