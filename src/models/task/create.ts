import { UniqueConstraintError } from 'sequelize';
import type { Priority } from '../../shared/limits.ts';
import { EditConflict } from './edit-conflict.ts';
import { changeTask, whileLocked, type TaskChanges } from './update.ts';
import { lockReferences, label, naming } from './references.ts';
import { checkWindow, type TaskWindow } from './availability.ts';
import { Task } from './task.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';

/** What people write in a task. `categoryIds` undefined leaves the categories as they are. */
export interface TaskInput extends TaskWindow {
  description: string;
  notes?: string | null | undefined;
  dueOn?: string | null | undefined;
  priority?: Priority | undefined;
  categoryIds?: number[] | undefined;
  /** Undefined leaves it as it is, null takes it away. */
  assigneeId?: number | null | undefined;
}

/** `listId` is one that the viewer may see (`List.chosen`). */
export type NewTask = TaskInput & TaskChanges & { listId: number; formKey?: string | undefined };

/** What the database makes itself; the rest is as it was written, and twenty columns more cost their share of a create. */
const MADE: ('id' | 'available' | 'revision')[] = ['id', 'available', 'revision'];

/** A task that refers to nothing is one statement, which needs no transaction: the fastest path. */
export async function writeTask(viewer: Viewer, input: NewTask): Promise<Task> {
  const { categoryIds = [], listId, ...attributes } = input;
  checkWindow(input, new Date());
  const insert = (formKey: string | undefined): Promise<Task> =>
    naming(Task.create({ ...attributes, listId, userId: viewer.id, formKey: formKey ?? null }, { returning: MADE }));
  const make = (formKey: string | undefined): Promise<Task> =>
    categoryIds.length === 0 && !attributes.assigneeId
      ? insert(formKey)
      : unitOfWork(viewer.id, async () => {
          await lockReferences(listId, { categoryIds, assigneeId: attributes.assigneeId });
          const task = await insert(formKey);
          if (categoryIds.length > 0) await label(task, categoryIds);
          return task;
        });
  try {
    return await make(input.formKey);
  } catch (error) {
    if (!(error instanceof UniqueConstraintError) || input.formKey === undefined) throw error;
    const made = await Task.findOne({ where: { userId: viewer.id, formKey: input.formKey }, paranoid: false });
    return made?.description === input.description ? made : make(undefined);
  }
}

/** The task is locked and read again first, so that what was written meanwhile is never overwritten unseen. */
export function reviseTask(task: Task, viewer: Viewer, input: TaskInput, textRevision: number): Promise<Task> {
  return whileLocked(viewer, task.id, {}, async (stored) => {
    if (stored.textRevision !== textRevision && differs(stored, input)) throw new EditConflict(stored);
    await changeTask(stored, input);
    return stored.reload();
  });
}

const differs = (task: Task, { description, notes, dueOn }: TaskInput): boolean =>
  task.description !== description ||
  (notes !== undefined && task.notes !== notes) ||
  (dueOn !== undefined && task.dueOn !== dueOn);
