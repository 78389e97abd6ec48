/**
 * Decides which of two states of a task is newer, in whatever order they arrive: by revision, then by the list's
 * version when the row was read. Removals are remembered for the life of the page.
 */
import type { TaskEvent } from '../../shared/events.ts';

export interface ClientPosition {
  listId: number;
  revision: number;
  /** The list's version at reading. */
  version: number;
}

export type Verdict = 'show' | 'remove' | 'old';

export class TaskRevisions {
  readonly #held = new Map<number, ClientPosition>();
  readonly #removed = new Map<string, number>();

  /** A row that came with the page. */
  hold(id: number, held: ClientPosition): void {
    this.#held.set(id, held);
  }

  receive(event: TaskEvent): Verdict {
    return 'gone' in event
      ? this.#remove(event.id, event.list.id, event.revision)
      : this.#show(event.id, event.revision, event.list);
  }

  #show(id: number, revision: number, list: { id: number; version: number }): Verdict {
    if (revision <= (this.#removed.get(`${list.id}/${id}`) ?? -1)) return 'old';
    const held = this.#held.get(id);
    if (held && !isNewer({ listId: list.id, revision, version: list.version }, held)) return 'old';
    this.#held.set(id, { listId: list.id, revision, version: list.version });
    return 'show';
  }

  /** A removal only counts in its own list: the task may have moved to another list on this page. */
  #remove(id: number, listId: number, revision: number): Verdict {
    const key = `${listId}/${id}`;
    this.#removed.set(key, Math.max(revision, this.#removed.get(key) ?? -1));
    const held = this.#held.get(id);
    if (held?.listId !== listId || held.revision > revision) return 'old';
    this.#held.delete(id);
    return 'remove';
  }
}

const isNewer = (found: ClientPosition, held: ClientPosition): boolean =>
  found.revision > held.revision ||
  (found.revision === held.revision && found.listId === held.listId && found.version > held.version);
