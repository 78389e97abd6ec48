/** What people and programs do with a task. Each is one statement or one unit of work, and may be repeated. */
import type { LOCK } from 'sequelize';
import { announce } from '../../events/index.ts';
import { translateDatabaseError, translateDatabaseErrors, violatedConstraint } from '../../database/errors.ts';
import { withRowLock, afterCommit, unitOfWork } from '../../database/transaction.ts';
import { sql } from '../../database/sql.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { NotFoundError, StaleRevisionError } from '../../lib/errors.ts';
import type { Priority } from '../../shared/limits.ts';
import { checkWindow, OPEN, type TaskWindow } from './availability.ts';
import { requireList, stillSees } from '../list/queries.ts';
import { findVisibleTask } from './queries.ts';
import { lockReferences, referenceErrors, type TaskReferences } from './references.ts';
import { Task } from './task.ts';

/** What may be changed in a task. Undefined leaves it as it is, null clears it. */
export interface TaskChanges extends TaskWindow, TaskReferences {
  description?: string | undefined;
  notes?: string | null | undefined;
  /** When it was completed; null: it is open. */
  completedAt?: Date | null | undefined;
  dueOn?: string | null | undefined;
  priority?: Priority | undefined;
  position?: number | null | undefined;
}

/** What the form of a task holds. */
export type TaskInput = Omit<TaskChanges, 'completedAt' | 'position'> & { description: string };

/** `listId` is one that the viewer may see (`resolveVisibleList`). */
export type NewTask = TaskChanges & { description: string; listId: number; formKey?: string | undefined };

/** The text was edited since the person opened it, who sees both versions and decides. Nothing was stored. */
export class EditConflictError extends Error {
  readonly stored: Task;

  constructor(stored: Task) {
    super('the text has changed since it was opened');
    this.name = 'EditConflictError';
    this.stored = stored;
  }
}

/** What the database generates. The other columns are stored as given; returning them would slow down a create. */
const GENERATED: ('id' | 'available' | 'revision')[] = ['id', 'available', 'revision'];

/**
 * A form sent twice (the same `formKey` and description) returns the task that it created the first time.
 * A task without references is one statement, which needs no transaction: the fastest path.
 * @throws ValidationError
 */
export async function createTask(viewer: Viewer, input: NewTask): Promise<Task> {
  const { categoryIds = [], formKey = null, ...attributes } = input;
  if (input.availableFrom || input.availableUntil) checkWindow(input, new Date());
  const insert = (): Promise<Task> =>
    Task.create({ ...attributes, userId: viewer.id, formKey }, { returning: GENERATED });
  try {
    if (categoryIds.length === 0 && !input.assigneeId) return await insert();
    return await unitOfWork(viewer.id, async () => {
      await lockReferences(input.listId, { categoryIds, assigneeId: input.assigneeId });
      const task = await insert();
      if (categoryIds.length > 0) await task.setCategories([...new Set(categoryIds)]);
      await requireList(viewer, input.listId);
      return task;
    });
  } catch (error) {
    if (violatedConstraint(error) !== 'tasks_user_id_form_key_key')
      throw translateDatabaseError(error, referenceErrors);
    const existing = await Task.findOne({ where: { userId: viewer.id, formKey }, paranoid: false });
    return existing?.description === input.description
      ? existing
      : createTask(viewer, { ...input, formKey: undefined });
  }
}

/**
 * Saves the form of a task. @param textRevision of the text that the form was filled with
 * @throws EditConflictError where the stored text is newer, and differs from what the form says
 */
export function editTask(task: Task, viewer: Viewer, input: TaskInput, textRevision: number): Promise<Task> {
  // By id: what is refused leaves the caller's instance as it was.
  return withTaskLock(viewer, task.id, {}, async (stored) => {
    if (stored.textRevision !== textRevision && isTextChanged(stored, input)) throw new EditConflictError(stored);
    await applyChanges(stored, input);
    return stored.reload();
  });
}

/** @throws ValidationError for references into another list, and for a window that ends before it begins */
export function updateTask(task: Task, viewer: Viewer, changes: TaskChanges): Promise<Task> {
  return withTaskLock(viewer, task, { inTrash: true }, async () => {
    await applyChanges(task, changes);
    return task;
  });
}

export function completeTask(task: Task, viewer: Viewer): Promise<Task> {
  return withTaskLock(viewer, task, { inTrash: true }, async () =>
    task.completed ? task : task.update({ completedAt: new Date() }, { returning: true }),
  );
}

export function reopenTask(task: Task, viewer: Viewer): Promise<Task> {
  return withTaskLock(viewer, task, { inTrash: true }, async () =>
    task.completed ? task.update({ completedAt: null }, { returning: true }) : task,
  );
}

export function moveToTrash(task: Task, viewer: Viewer): Promise<Task> {
  return withTaskLock(viewer, task, { inTrash: true }, async () => {
    if (task.deletedAt === null) await task.destroy();
    return task;
  });
}

export function restoreTask(task: Task, viewer: Viewer): Promise<Task> {
  return withTaskLock(viewer, task, { inTrash: true }, async () => {
    if (task.deletedAt !== null) await task.restore();
    return task;
  });
}

/** Deletes the task permanently, and its texts from its events. */
export function purgeTask(task: Task, viewer: Viewer): Promise<Task> {
  return withTaskLock(viewer, task, { inTrash: true }, async () => {
    await task.destroy({ force: true });
    return task;
  });
}

export interface TaskLockOptions {
  /** Also if it is in the trash. */
  inTrash?: boolean | undefined;
  /** The revision that it must still have; null: any. */
  revision?: number | null | undefined;
  /** Set when moving to another list: locks the assignee first, the order in which disabling a user locks. */
  toMove?: boolean | undefined;
}

/**
 * The one way to lock a task: a unit of work on it, locked and read first. Tasks before lists, always. Inside `work`,
 * commands on the same instance neither lock nor read it again.
 * @param task an instance, which takes the stored values, or an id
 * @throws NotFoundError, StaleRevisionError
 */
export function withTaskLock<T>(
  viewer: Viewer,
  task: Task | number,
  { inTrash = false, revision = null, toMove = false }: TaskLockOptions,
  work: (task: Task) => Promise<T>,
): Promise<T> {
  const find = async (id: number, lock: LOCK): Promise<Task | null> => {
    if (toMove) await sql(LOCK_ASSIGNEE, [id]);
    return findVisibleTask(viewer, id, { inTrash: inTrash ? 'too' : false, lock });
  };
  return withRowLock(viewer.id, task, find, async (locked) => {
    if (revision !== null && locked.revision !== revision) throw new StaleRevisionError();
    const { listId } = locked;
    const result = await work(locked);
    if (!(await stillSees(viewer, listId))) throw new NotFoundError();
    return result;
  });
}

/**
 * Recomputes `available` of open tasks whose window opened or closed since the last write; recorded without an actor.
 * Completed and deleted tasks are recomputed by the database when they come back. Rows that are locked are left to the
 * next call, and two processes at once change each task once.
 * @returns how many have changed; until it is 0 there may be more
 */
export async function refreshAvailability(): Promise<number> {
  const changed = await sql<{ listId: number }>(REFRESH_AVAILABILITY, [REFRESH_BATCH]);
  for (const listId of new Set(changed.map((task) => task.listId)))
    afterCommit(() => {
      announce('changed', 'task_updated', { id: null, listId });
    });
  return changed.length;
}

/** On a locked task. No change, no write. */
async function applyChanges(task: Task, { categoryIds, ...changes }: TaskChanges): Promise<void> {
  const { availableFrom = task.availableFrom, availableUntil = task.availableUntil } = changes;
  const assigneeId = changes.assigneeId === task.assigneeId ? undefined : changes.assigneeId;
  if (assigneeId || categoryIds) await lockReferences(task.listId, { assigneeId, categoryIds });
  if (changes.availableFrom !== undefined || changes.availableUntil !== undefined)
    checkWindow({ availableFrom, availableUntil }, task.createdAt);
  await translateDatabaseErrors(() => task.update(changes, { returning: true }), referenceErrors);
  if (categoryIds) await task.setCategories([...new Set(categoryIds)]);
}

const isTextChanged = (task: Task, { description, notes, dueOn }: TaskInput): boolean =>
  task.description !== description ||
  (notes !== undefined && task.notes !== notes) ||
  (dueOn !== undefined && task.dueOn !== dueOn);

const LOCK_ASSIGNEE = 'SELECT id FROM users WHERE id = (SELECT assignee_id FROM tasks WHERE id = $1) FOR SHARE';

/** Tasks of one statement, during which their lists are locked. */
const REFRESH_BATCH = 500;

/**
 * Found by the two partial indexes, then locked in order of id and checked again: tasks before lists, always.
 * The ORDER BY of closing windows matters: the planner takes many past ends for many due tasks, and without it reads
 * the whole table (180 ms in a million tasks).
 */
const REFRESH_AVAILABILITY = `
  WITH due AS MATERIALIZED (
    (SELECT id FROM tasks
      WHERE ${OPEN} AND NOT available AND tstzrange(available_from, available_until) @> now() LIMIT $1)
    UNION ALL
    (SELECT id FROM tasks WHERE ${OPEN} AND available AND available_until <= now() ORDER BY available_until LIMIT $1)
    LIMIT $1
  ), locked AS MATERIALIZED (
    SELECT id FROM tasks
    WHERE id IN (SELECT id FROM due) AND ${OPEN} AND available <> is_available(available_from, available_until)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE tasks SET available = NOT available FROM locked WHERE tasks.id = locked.id
  RETURNING tasks.list_id AS "listId"`;
