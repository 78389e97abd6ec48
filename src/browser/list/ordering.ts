/** The position of a task on the plain list; pure functions, so that a tab and a fresh page agree. */
import type { TaskPayload } from '../../shared/events.ts';
import { dayIn } from '../../shared/format.ts';

export type Block = 'open' | 'done';

/** The sort keys of a row. `created` and `completed` are ISO 8601 in UTC. */
export interface Placed {
  id: number;
  created: string;
  completed: string | null;
}

/**
 * The block that shows the task, or null if the plain list does not show it. @param lists ids of the lists on the page
 */
export function blockOf(task: TaskPayload, lists: ReadonlySet<number>, timeZone: string, now: Date): Block | null {
  if (!lists.has(task.listId) || task.deletedAt) return null;
  if (task.completedAt) return dayIn(timeZone, new Date(task.completedAt)) === dayIn(timeZone, now) ? 'done' : null;
  return task.available ? 'open' : null;
}

/** Newest first; the id decides between rows of the same millisecond. Negative if `a` is above `b`. */
export function compareIn(block: Block, a: Placed, b: Placed): number {
  const [left, right] = block === 'open' ? [a.created, b.created] : [a.completed ?? '', b.completed ?? ''];
  if (left !== right) return left > right ? -1 : 1;
  return b.id - a.id;
}
