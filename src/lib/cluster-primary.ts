import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';
import type { Stoppable } from './run-process.ts';
import { STOP, type Told } from './cluster-worker.ts';

export interface WorkersParts {
  /** What each of them runs. */
  file: string;
  count: number;
  /** Added to this process's environment. */
  env: Record<string, string>;
  log: Logger;
}

export interface Workers extends Stoppable {
  /** Resolves when the first worker does its work. */
  ready: Promise<void>;
  /** Rejects with a WorkersError. */
  lost: Promise<unknown>;
}

/** The workers cannot do their work; the message is for the operator. */
export class WorkersError extends Error {
  override readonly name = 'WorkersError';
}

/** Milliseconds before another worker comes, doubled each time until one has settled. */
const PAUSE = { first: 100, longest: 5_000 };
/** Milliseconds of work after which a worker has shown that it can do it. */
const SETTLED = 10_000;
/** Crashes in a row, none of a worker that had settled, after which another worker would crash as well. */
const CRASHES = 8;

interface Life {
  pid: number | undefined;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Milliseconds for which it did its work. */
  worked: number;
  hopeless: string | null;
}

/**
 * Makes this process the primary of `count` workers on one port, and replaces whichever ends. A worker that is
 * killed from outside is replaced however often that happens; a crash loop, or one that says that it is
 * hopeless, is the end of all. They end with this process, however that ends. One for each process.
 */
export function startWorkers({ file, count, env, log }: WorkersParts): Workers {
  // All of them take from one queue, the kernel's. Node's round robin hands a connection to a worker that may
  // stand still: of 20 connections one waited for it, and when it was killed hung for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec: file });
  const alive = new Map<Worker, { hears: boolean }>();
  const closing = new AbortController();
  let crashes = 0;
  let firstReady: () => void;
  const ready = new Promise<void>((resolve) => {
    firstReady = resolve;
  });

  const live = (): Promise<Life> =>
    new Promise((resolve) => {
      const worker = cluster.fork(env);
      const state = { hears: false };
      let readyAt: number | null = null;
      let hopeless: string | null = null;
      alive.set(worker, state);
      worker.on('message', (told: Told | null) => {
        if (told?.worker === 'hears') state.hears = true;
        if (told?.worker === 'hopeless') hopeless = told.why;
        if (told?.worker !== 'ready') return;
        readyAt = performance.now();
        firstReady();
      });
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        alive.delete(worker);
        resolve({
          pid: worker.process.pid,
          code,
          signal,
          worked: readyAt === null ? 0 : performance.now() - readyAt,
          hopeless,
        });
      };
      worker.on('exit', end);
      worker.on('error', (error) => {
        log.error({ err: error }, 'a worker could not be started, or not be reached');
        if (!worker.process.kill('SIGKILL')) end(null, null);
      });
    });

  const keepOne = async (): Promise<void> => {
    let pause = PAUSE.first;
    while (!closing.signal.aborted) {
      const life = await live();
      if (closing.signal.aborted) return;
      if (life.hopeless !== null) throw new WorkersError(life.hopeless);
      if (life.worked >= SETTLED) [pause, crashes] = [PAUSE.first, 0];
      else if (hasCrashed(life)) crashes += 1;
      if (crashes === CRASHES) throw new WorkersError(loopOf(life));
      const { pid, code, signal } = life;
      log.warn({ pid, code, signal, pause }, 'a worker ended: another one takes its place');
      await sleep(pause, undefined, { signal: closing.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, PAUSE.longest);
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
      for (const [worker, { hears }] of alive) {
        if (hears) worker.process.send(STOP, undefined, undefined, () => undefined);
        // It has begun nothing yet.
        else worker.process.kill('SIGKILL');
      }
      await Promise.allSettled(kept);
    },
  };
}

/** Not one that was killed, or told to end, by somebody outside. */
const hasCrashed = ({ code, signal }: Life): boolean =>
  signal ? !['SIGKILL', 'SIGTERM', 'SIGINT'].includes(signal) : code !== 0;

const loopOf = ({ code, signal }: Life): string =>
  `The workers end again and again (${String(CRASHES)} in a row, the last ${signal ? `by ${signal}` : `with status ${String(code)}`}): their lines above say why.`;
