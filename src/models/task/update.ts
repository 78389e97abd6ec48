import { NotFoundError, StaleRevisionError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import type { Priority } from '../../shared/limits.ts';
import { lockReferences, label, naming, type TaskReferences } from './references.ts';
import { checkWindow, touchesWindow, type TaskWindow } from './availability.ts';
import { Task } from './task.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';

/** What may be changed in a task. Undefined leaves it as it is, null takes it away. */
export interface TaskChanges extends TaskWindow, TaskReferences {
  description?: string | undefined;
  notes?: string | null | undefined;
  /** When it was done; null: it is open. */
  completedAt?: Date | null | undefined;
  dueOn?: string | null | undefined;
  priority?: Priority | undefined;
  position?: number | null | undefined;
}

export interface Wanted {
  /** Also if it is in the trash. */
  inTrash?: boolean | undefined;
  /** It must be this one still; null: any. */
  revision?: number | null | undefined;
  /** It is going into another list: whom it is assigned to is held before it, as by whoever disables them. */
  toMove?: boolean | undefined;
}

/**
 * A unit of work on a task of the viewer as it is now, locked: tasks before lists, always.
 * @throws NotFoundError, StaleRevisionError where it has another revision
 */
export function whileLocked<T>(
  viewer: Viewer,
  id: number,
  { inTrash = false, revision = null, toMove = false }: Wanted,
  work: (task: Task) => Promise<T>,
): Promise<T> {
  return unitOfWork(viewer.id, async (transaction) => {
    if (toMove) await sql(LOCK_ASSIGNEE, [id]);
    const task = await Task.visible(viewer, id, {
      inTrash: inTrash ? 'too' : false,
      lock: transaction.LOCK.NO_KEY_UPDATE,
    });
    if (!task) throw new NotFoundError();
    if (revision !== null && task.revision !== revision) throw new StaleRevisionError();
    return work(task);
  });
}

/** Inside a unit of work, on a task that it has locked. What changes nothing writes nothing. */
export async function changeTask(task: Task, { categoryIds, ...changes }: TaskChanges): Promise<void> {
  const { assigneeId } = changes;
  await lockReferences(task.listId, {
    assigneeId: assigneeId === task.assigneeId ? undefined : assigneeId,
    categoryIds,
  });
  if (touchesWindow(changes)) checkWindow(windowAfter(task, changes), task.createdAt);
  await naming(task.update(changes, { returning: true }));
  if (categoryIds) await label(task, categoryIds);
}

const LOCK_ASSIGNEE = 'SELECT id FROM users WHERE id = (SELECT assignee_id FROM tasks WHERE id = $1) FOR SHARE';

const windowAfter = (
  task: Task,
  { availableFrom = task.availableFrom, availableUntil = task.availableUntil }: TaskChanges,
): TaskWindow => ({ availableFrom, availableUntil });
