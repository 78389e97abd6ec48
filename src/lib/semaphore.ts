/** Limits concurrency; waiting work starts in order of arrival. */
export class Semaphore {
  #free: number;
  readonly #mostWaiting: number;
  readonly #tooMany: () => Error;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param places how many may run at once, at least 1
   * @param mostWaiting how many may wait; further calls reject with `tooMany()`
   */
  constructor(places: number, mostWaiting = Infinity, tooMany = (): Error => new Error('too many are waiting')) {
    this.#free = Math.max(1, places);
    this.#mostWaiting = mostWaiting;
    this.#tooMany = tooMany;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting) throw this.#tooMany();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the place to the next waiter directly, so that no call in between can take it. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
