import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';
import type { Stoppable } from './run-process.ts';
import { STOP, type WorkerMessage } from './cluster-worker.ts';

export interface WorkersParts {
  /** The workers' entry point. */
  file: string;
  count: number;
  /** Added to this process's environment. */
  env: Record<string, string>;
  log: Logger;
}

export interface Workers extends Stoppable {
  /** Resolves when the first worker is ready, with what it has to say to the operator. */
  ready: Promise<string[]>;
  /** Rejects with a WorkersError. */
  lost: Promise<unknown>;
}

/** The workers cannot run; the message is for the operator. */
export class WorkersError extends Error {
  override readonly name = 'WorkersError';
}

/** Backoff before a worker is restarted, doubled until one has run for STABLE_MS. */
const RESTART_MS = { first: 100, longest: 5_000 };
/** After running this long a worker counts as stable. */
const STABLE_MS = 10_000;
/** Consecutive crashes of workers that were not stable before everything stops. */
const MAX_CRASHES = 8;

interface Exit {
  pid: number | undefined;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Milliseconds since it was ready. */
  ranFor: number;
  failure: string | null;
}

/**
 * Makes this process the primary of `count` workers on one port, and restarts any that exits. Workers killed from
 * outside are always restarted; a crash loop, or a worker that reports a fatal error, stops everything. Workers end
 * with this process, however it ends. Call it once per process.
 */
export function startWorkers({ file, count, env, log }: WorkersParts): Workers {
  // Workers accept from the kernel's queue. Node's round robin assigns connections to workers that may be stuck:
  // measured, 1 of 20 connections waited for such a worker, and hung forever when it was killed.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec: file });
  const alive = new Map<Worker, { listening: boolean }>();
  const closing = new AbortController();
  let crashes = 0;
  let firstReady: (notices: string[]) => void;
  const ready = new Promise<string[]>((resolve) => {
    firstReady = resolve;
  });

  const runWorker = (): Promise<Exit> =>
    new Promise((resolve) => {
      const worker = cluster.fork(env);
      const state = { listening: false };
      let readyAt: number | null = null;
      let failure: string | null = null;
      alive.set(worker, state);
      worker.on('message', (message: WorkerMessage | null) => {
        if (message?.worker === 'listening') state.listening = true;
        if (message?.worker === 'failed') failure = message.reason;
        if (message?.worker !== 'ready') return;
        readyAt = performance.now();
        firstReady(message.notices);
      });
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        alive.delete(worker);
        resolve({
          pid: worker.process.pid,
          code,
          signal,
          ranFor: readyAt === null ? 0 : performance.now() - readyAt,
          failure,
        });
      };
      worker.on('exit', end);
      worker.on('error', (error) => {
        log.error({ err: error }, 'worker failed to start or to receive a message');
        if (!worker.process.kill('SIGKILL')) end(null, null);
      });
    });

  const keepOne = async (): Promise<void> => {
    let pause = RESTART_MS.first;
    while (!closing.signal.aborted) {
      const exit = await runWorker();
      if (closing.signal.aborted) return;
      if (exit.failure !== null) throw new WorkersError(exit.failure);
      if (exit.ranFor >= STABLE_MS) [pause, crashes] = [RESTART_MS.first, 0];
      else if (hasCrashed(exit)) crashes += 1;
      if (crashes === MAX_CRASHES) throw new WorkersError(describeCrashLoop(exit));
      const { pid, code, signal } = exit;
      log.warn({ pid, code, signal, pause }, 'worker exited, restarting');
      await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, RESTART_MS.longest);
    }
  };

  process.on('exit', () => {
    for (const worker of alive.keys()) worker.process.kill('SIGKILL');
  });
  const kept = Array.from({ length: count }, keepOne);
  const lost = Promise.all(kept);
  lost.catch(() => undefined);
  return {
    ready,
    lost,
    async close() {
      closing.abort();
      for (const [worker, { listening }] of alive) {
        if (listening) worker.process.send(STOP, undefined, undefined, () => undefined);
        // It serves nothing yet.
        else worker.process.kill('SIGKILL');
      }
      await Promise.allSettled(kept);
    },
  };
}

/** Unless it was killed or stopped from outside. */
const hasCrashed = ({ code, signal }: Exit): boolean =>
  signal ? !['SIGKILL', 'SIGTERM', 'SIGINT'].includes(signal) : code !== 0;

const describeCrashLoop = ({ code, signal }: Exit): string =>
  `The workers keep crashing (${String(MAX_CRASHES)} times in a row, the last ` +
  `${signal ? `by ${signal}` : `with status ${String(code)}`}): see their log lines above.`;
