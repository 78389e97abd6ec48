/**
 * Which of two states of a task is the newer one, whatever order they come in: by revision, then by the
 * version that the feed had when the row was read. Removals are remembered until the page goes.
 */
import type { TaskEvent } from '../../shared/events.ts';

export interface Held {
  feedId: number;
  revision: number;
  /** The feed's version at reading. */
  version: number;
}

export type Verdict = 'show' | 'remove' | 'old';

export class TaskStates {
  readonly #held = new Map<number, Held>();
  readonly #removed = new Map<string, number>();

  /** A row that came with the page. */
  hold(id: number, held: Held): void {
    this.#held.set(id, held);
  }

  receive(event: TaskEvent): Verdict {
    return 'gone' in event
      ? this.#remove(event.id, event.feed.id, event.revision)
      : this.#show(event.id, event.revision, event.feed);
  }

  #show(id: number, revision: number, feed: { id: number; version: number }): Verdict {
    if (revision <= (this.#removed.get(`${feed.id}/${id}`) ?? -1)) return 'old';
    const held = this.#held.get(id);
    if (held && !isNewer({ feedId: feed.id, revision, version: feed.version }, held)) return 'old';
    this.#held.set(id, { feedId: feed.id, revision, version: feed.version });
    return 'show';
  }

  /** A removal counts for its own feed only: the task may have moved to another feed that this page shows too. */
  #remove(id: number, feedId: number, revision: number): Verdict {
    const key = `${feedId}/${id}`;
    this.#removed.set(key, Math.max(revision, this.#removed.get(key) ?? -1));
    const held = this.#held.get(id);
    if (held?.feedId !== feedId || held.revision > revision) return 'old';
    this.#held.delete(id);
    return 'remove';
  }
}

const isNewer = (found: Held, held: Held): boolean =>
  found.revision > held.revision ||
  (found.revision === held.revision && found.feedId === held.feedId && found.version > held.version);
