import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../lib/logger.ts';
import { jobs as defaultJobs, type Job } from './jobs.ts';
import { sql } from '../database/sql.ts';
import { unitOfWork } from '../database/transaction.ts';

export interface Jobs {
  /** Starts nothing more, and resolves when the running batches are done. */
  close(): Promise<void>;
}

/** Milliseconds between two batches, so that other queries get their turn. */
const BATCH_PAUSE_MS = 20;
/** Milliseconds: however often a job is woken, it asks what is due at most this often. */
const ASK_MS = 1000;
/** Milliseconds until a job that waits for due times tries again after an error; others wait for their next run. */
const RETRY_MS = 1000;

/**
 * Runs each job when something is due, at the latest at its interval. Between runs a job only sleeps: nothing polls,
 * so a server that nobody uses makes almost no queries.
 */
export function startJobs(log: Logger, jobs: readonly Job[] = defaultJobs): Jobs {
  const closing = new AbortController();
  const { signal } = closing;
  // Each job listens with its alarm and with its current pause.
  setMaxListeners(2 * jobs.length, signal);
  const running = jobs.map((job) => keepRunning(job, log, signal));
  return {
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

async function keepRunning(job: Job, log: Logger, signal: AbortSignal): Promise<void> {
  const alarm = new Alarm(signal);
  const unsubscribe = job.subscribe?.(() => {
    alarm.wake();
  });
  let failing = false;
  await pause(jitter(job.firstMs), signal);
  while (!signal.aborted) {
    try {
      await runBatches(job, log, signal);
      await waitUntilDue(job, alarm, () => {
        failing = false;
      });
    } catch (error) {
      if (!failing) log.warn({ err: error, job: job.name }, 'job failed, will retry');
      failing = true;
      await pause(jitter(job.nextDue ? Math.min(RETRY_MS, job.everyMs) : job.everyMs), signal);
    }
  }
  unsubscribe?.();
}

async function runBatches({ name, batch, leased }: Job, log: Logger, signal: AbortSignal): Promise<void> {
  let total = 0;
  for (let done = 1; done > 0 && !signal.aborted;) {
    done = leased ? await batch() : await withJobLock(name, batch);
    total += done;
    await pause(BATCH_PAUSE_MS, signal);
  }
  if (total > 0) log.info({ job: name, done: total }, 'job done');
}

/** Resolves when the job should run again. */
async function waitUntilDue({ everyMs, pauseMs = 0, nextDue }: Job, alarm: Alarm, onAnswer: () => void): Promise<void> {
  const ended = performance.now();
  const latest = ended + jitter(everyMs);
  for (;;) {
    // Reset before asking, so that a wake during the query is not lost.
    alarm.reset();
    const asked = performance.now();
    const due = (await nextDue?.()) ?? Infinity;
    onAnswer();
    const runAt = Math.min(latest, Math.max(performance.now() + due, ended + pauseMs));
    if (!(await alarm.sleepUntil(runAt))) return;
    await pause(Math.min(asked + ASK_MS, runAt) - performance.now(), alarm.signal);
    if (performance.now() >= runAt || alarm.signal.aborted) return;
  }
}

/** A sleep that ends early when it is woken. */
class Alarm {
  readonly signal: AbortSignal;
  #woken = false;
  #end: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener('abort', () => {
      this.#end();
    });
  }

  wake(): void {
    this.#woken = true;
    this.#end();
  }

  reset(): void {
    this.#woken = false;
  }

  /** @returns whether it was woken before that moment of `performance.now()` */
  async sleepUntil(moment: number): Promise<boolean> {
    if (!this.#woken && !this.signal.aborted)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.ceil(moment - performance.now())).unref();
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    return this.#woken;
  }
}

/** Ends early when the signal is aborted; keeps no process alive. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // Rounded up, because a timer truncates and would fire before the moment has come.
  if (milliseconds > 0) await sleep(Math.ceil(milliseconds), undefined, { ref: false, signal }).catch(() => undefined);
}

/** Processes that were started together should not query together. */
const jitter = (milliseconds: number): number => milliseconds * (0.8 + Math.random() * 0.4);

/** Any constant that all processes share, different from the one of the migrations. */
const LOCK = 7_245_002;

/**
 * Runs the work in a transaction of its own, unless another process is running the same job. The advisory lock belongs
 * to the transaction, so it is released even if the process dies.
 * @returns what the work returns; 0 if another process holds the lock
 */
export function withJobLock(name: string, work: () => Promise<number>): Promise<number> {
  return unitOfWork(null, async () => {
    const [lock] = await sql<{ acquired: boolean }>('SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS acquired', [
      LOCK,
      name,
    ]);
    return lock?.acquired ? work() : 0;
  });
}
