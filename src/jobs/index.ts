import { setTimeout as sleep } from 'node:timers/promises';
import type { Sequelize } from 'sequelize';
import type { Logger } from '../lib/logger.ts';
import { jobs as usual, type Job } from './jobs.ts';
import { withJobLock } from './lock.ts';

export interface Jobs {
  /** Begins nothing more, and resolves when what has begun is done. */
  close(): Promise<void>;
}

/** Milliseconds between two batches, in which others have the database. */
const BREATH = 20;

/**
 * Does the jobs at their intervals, a little off, so that processes which start together do not ask together.
 * A job that fails is done again at its next time.
 */
export function startJobs(sequelize: Sequelize, log: Logger, jobs: readonly Job[] = usual): Jobs {
  const closing = new AbortController();
  const { signal } = closing;
  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { ref: false, signal }).catch(() => undefined);

  const round = async ({ name, batch, leased }: Job): Promise<void> => {
    let done = 0;
    for (let last = 1; last > 0 && !signal.aborted;) {
      last = leased ? await batch() : await withJobLock(name, batch);
      done += last;
      await pause(BREATH);
    }
    if (done > 0) log.info({ job: name, done }, 'jobs');
  };
  const keep = async (job: Job): Promise<void> => {
    let failing = false;
    await pause(around(job.firstMs));
    while (!signal.aborted) {
      try {
        await round(job);
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ err: error, job: job.name }, 'jobs fails; it is tried again at every next time');
        failing = true;
      }
      await pause(around(job.everyMs));
    }
  };

  const kept = jobs.map(keep);
  return {
    async close() {
      closing.abort();
      await Promise.all(kept);
    },
  };
}

const around = (milliseconds: number): number => milliseconds * (0.8 + Math.random() * 0.4);
