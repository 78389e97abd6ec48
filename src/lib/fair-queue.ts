import { Semaphore } from './semaphore.ts';

/** What work is limited by: a person's id, or any other name of whoever asks for it. */
type Key = number | string;

/**
 * Limits concurrent work, with one task of a user at a time, or a few, in order of arrival, so that one user cannot
 * occupy all slots.
 */
export class FairQueue {
  readonly #places: () => Semaphore;
  readonly #limit: number;
  readonly #tooMany: () => Error;
  readonly #each: () => number;
  readonly #queues = new Map<Key, { length: number; own: Semaphore }>();

  /**
   * @param places limits the tasks that run at once; several queues may share one
   * @param mostWaiting tasks that one user may have queued or running; further ones reject with `tooMany()`
   * @param each how many of one user run at once, at least 1
   */
  constructor(places: () => Semaphore, mostWaiting: number, tooMany: () => Error, each = () => 1) {
    this.#places = places;
    this.#limit = mostWaiting;
    this.#tooMany = tooMany;
    this.#each = each;
  }

  async run<T>(user: Key, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(user) ?? { length: 0, own: new Semaphore(this.#each()) };
    if (queue.length >= this.#limit) throw this.#tooMany();
    queue.length += 1;
    this.#queues.set(user, queue);
    try {
      return await queue.own.run(() => this.#places().run(work));
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.#queues.delete(user);
    }
  }
}

/** For queues in which only each user's own work takes turns. */
export const unlimited = new Semaphore(Infinity);
