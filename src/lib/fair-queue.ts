import { Semaphore } from './semaphore.ts';

/**
 * Lets only so much heavy work run at once, and of each person one piece at a time, in the order in which it
 * came: whoever asks for a lot waits for themselves, and for the others something is left.
 */
export class FairQueue {
  readonly #places: Semaphore;
  readonly #mostWaiting: number;
  readonly #tooMany: () => Error;
  /** By person: how many pieces there are, and when the last one ends. */
  readonly #lines = new Map<number, { length: number; end: Promise<unknown> }>();

  /**
   * @param places how many may run at once
   * @param mostWaiting how many of one person may be there; what comes then gets the error that `tooMany` makes
   */
  constructor(places: number, mostWaiting: number, tooMany: () => Error) {
    this.#places = new Semaphore(places, Infinity, tooMany);
    this.#mostWaiting = mostWaiting;
    this.#tooMany = tooMany;
  }

  async run<T>(userId: number, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(userId) ?? { length: 0, end: Promise.resolve() };
    if (line.length >= this.#mostWaiting) throw this.#tooMany();
    const turn = line.end.then(() => this.#places.run(work));
    line.end = turn.catch(() => undefined);
    line.length += 1;
    this.#lines.set(userId, line);
    try {
      return await turn;
    } finally {
      line.length -= 1;
      if (line.length === 0) this.#lines.delete(userId);
    }
  }
}
