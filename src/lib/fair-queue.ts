import type { Semaphore } from './semaphore.ts';

/**
 * Limits concurrent heavy work, with one task at a time per user in order of arrival, so that one user cannot occupy
 * all slots.
 */
export class FairQueue {
  readonly #places: () => Semaphore;
  readonly #limit: number;
  readonly #tooMany: () => Error;
  /** By user: the number of queued or running tasks, and the end of the last one. */
  readonly #queues = new Map<number, { length: number; end: Promise<unknown> }>();

  /**
   * @param places limits the tasks that run at once; several queues may share one
   * @param mostWaiting tasks that one user may have queued or running; further ones reject with `tooMany()`
   */
  constructor(places: () => Semaphore, mostWaiting: number, tooMany: () => Error) {
    this.#places = places;
    this.#limit = mostWaiting;
    this.#tooMany = tooMany;
  }

  async run<T>(userId: number, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(userId) ?? { length: 0, end: Promise.resolve() };
    if (queue.length >= this.#limit) throw this.#tooMany();
    const result = queue.end.then(() => this.#places().run(work));
    queue.end = result.catch(() => undefined);
    queue.length += 1;
    this.#queues.set(userId, queue);
    try {
      return await result;
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.#queues.delete(userId);
    }
  }
}
