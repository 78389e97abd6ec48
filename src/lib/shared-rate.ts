import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';

/** Milliseconds between two looks at what the other processes have counted. */
const SYNC_MS = 1000;
/** The part of the limit that a process counts before it looks: nobody who reads and writes by hand comes so far. */
const UNSYNCED = 0.05;

/** Where a key stands in its window. */
export interface RateState {
  isOver: boolean;
  remaining: number;
  /** Seconds until the window ends, rounded up. */
  resetSeconds: number;
}

interface Counted {
  /** All processes together, as of the last sync. */
  known: number;
  /** Here, since then. */
  fresh: number;
  resetsAt: number;
  syncedAt: number;
  isSyncing: boolean;
}

/**
 * Counts requests of all processes without asking the database for each one: every process counts for itself, and adds
 * what is new to the shared count, once a second at most and for keys that are used much. A key may exceed its limit by
 * a twentieth for each other process, and by what those let through within a second. Where the database fails, each
 * process goes on alone.
 */
export class SharedRate {
  readonly limit: number;
  readonly seconds: number;
  readonly #shared: RateLimiterAbstract;
  readonly #counts = new Map<string, Counted>();
  #forgotAt = 0;

  /** @param shared counts in the database; its points and duration are the limit */
  constructor(shared: RateLimiterAbstract) {
    this.#shared = shared;
    this.limit = shared.points;
    this.seconds = shared.duration;
  }

  /** Counts one request. */
  count(key: string, now = Date.now()): RateState {
    let counted = this.#counts.get(key);
    if (!counted || counted.resetsAt <= now) {
      this.#forget(now);
      counted = { known: 0, fresh: 0, resetsAt: now + this.seconds * 1000, syncedAt: now, isSyncing: false };
      this.#counts.set(key, counted);
    }
    counted.fresh += 1;
    const isDue = counted.fresh >= this.limit * UNSYNCED && now - counted.syncedAt >= SYNC_MS;
    if (isDue && !counted.isSyncing) void this.#sync(key, counted);
    const used = counted.known + counted.fresh;
    return {
      isOver: used > this.limit,
      remaining: Math.max(0, this.limit - used),
      resetSeconds: Math.ceil((counted.resetsAt - now) / 1000),
    };
  }

  async #sync(key: string, counted: Counted): Promise<void> {
    const added = counted.fresh;
    counted.isSyncing = true;
    try {
      // Over the limit the limiter rejects, with the count.
      const total: unknown = await this.#shared.consume(key, added).catch((refusal: unknown) => refusal);
      if (!(total instanceof RateLimiterRes)) return;
      counted.known = total.consumedPoints;
      counted.fresh -= added;
      counted.resetsAt = Date.now() + total.msBeforeNext;
    } finally {
      counted.syncedAt = Date.now();
      counted.isSyncing = false;
    }
  }

  /** Once a window, so that an attack from many networks does not make each request cost more. */
  #forget(now: number): void {
    if (now - this.#forgotAt < this.seconds * 1000) return;
    this.#forgotAt = now;
    for (const [key, { resetsAt }] of this.#counts) if (resetsAt <= now) this.#counts.delete(key);
  }
}
