import { blockOf, compareIn } from '../../src/browser/list/ordering.ts';
import { ListPositions } from '../../src/browser/sync/positions.ts';
import { TaskRevisions } from '../../src/browser/sync/revisions.ts';
import type { CategoryPayload, ListEvent, TaskEvent, TaskPayload } from '../../src/shared/events.ts';
import { formatRow, readFirstLoad, type KnownTask } from './first-load.ts';
import { versionsOf } from './tab.ts';

/** The list without a DOM, updated by the browser code. */
export class ModelPage {
  readonly positions: ListPositions;
  /** A catch-up is in flight. */
  catchingUp = false;
  readonly #states = new TaskRevisions();
  readonly #tasks: Map<number, KnownTask>;
  readonly #categories: Map<number, CategoryPayload>;
  readonly #lists: Set<number>;
  readonly #timeZone: string;

  constructor(html: string, unknownLists: Set<string>, timeZone: string) {
    const { positions, lists, categories, open, done } = readFirstLoad(html);
    this.#lists = new Set(lists);
    this.positions = new ListPositions(positions, unknownLists);
    this.#tasks = new Map([...open, ...done].map((task) => [task.id, task]));
    this.#categories = new Map(categories.map((category) => [category.id, category]));
    this.#timeZone = timeZone;
    for (const { id, listId, revision } of this.#tasks.values())
      this.#states.hold(id, { listId, revision, version: positions[listId]?.version ?? 0 });
  }

  get versions(): Record<number, number> {
    return versionsOf(this.positions.current);
  }

  apply({ name, payload }: ListEvent): void {
    switch (name) {
      case 'member_joined':
      case 'list_renamed':
      case 'member_left':
        return;
      case 'category_changed':
        if ('gone' in payload) this.#categories.delete(payload.id);
        else this.#categories.set(payload.id, payload);
        return;
      default:
        this.#applyTask(payload);
    }
  }

  /** Comparable with `formatRows` of a freshly loaded page. */
  get lines(): string[] {
    const now = new Date();
    // The writers set no availability window.
    const blockFor = (task: KnownTask) =>
      blockOf(
        { ...task, deletedAt: null, available: true } as unknown as TaskPayload,
        this.#lists,
        this.#timeZone,
        now,
      );
    return (['open', 'done'] as const).flatMap((block) =>
      [...this.#tasks.values()]
        .filter((task) => blockFor(task) === block)
        .sort((a, b) => compareIn(block, sortKey(a), sortKey(b)))
        .map((task) => formatRow(block, task, this.#categories)),
    );
  }

  #applyTask(task: TaskEvent): void {
    const verdict = this.#states.receive(task);
    if (verdict === 'remove') this.#tasks.delete(task.id);
    else if (verdict === 'show' && !('gone' in task))
      this.#tasks.set(task.id, { ...task, categoryIds: task.categories.map(({ id }) => id) });
  }
}

const sortKey = ({ id, createdAt, completedAt }: KnownTask) => ({ id, created: createdAt, completed: completedAt });
