/** Lets at most so many pieces of work run at once; the others wait in the order in which they came. */
export class Semaphore {
  #free: number;
  readonly #mostWaiting: number;
  readonly #tooMany: () => Error;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param places how many may run at once, at least 1
   * @param mostWaiting how many may wait; whoever comes then gets the error that `tooMany` makes
   */
  constructor(places: number, mostWaiting: number, tooMany: () => Error) {
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

  /** The place goes straight to the next one: nobody who comes between can take it. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
