import { UniqueConstraintError, type Transaction } from 'sequelize';
import { InvalidInput } from '../lib/invalid-input.ts';
import type { Priority } from '../shared/limits.ts';
import { EditConflict } from './edit-conflict.ts';
import { checkWindow, touchesWindow, type TaskWindow } from './task-window.ts';
import type { Task } from './task.ts';
import { unitOfWork } from './unit-of-work.ts';
import type { Viewer } from './viewer.ts';

/** What people write in a task. `categoryIds` undefined leaves the categories as they are. */
export interface TaskInput extends TaskWindow {
  description: string;
  notes?: string | null | undefined;
  dueOn?: string | null | undefined;
  priority?: Priority | undefined;
  categoryIds?: number[] | undefined;
}

/** `feedId` is one that the viewer may see (`Feed.chosen`). */
export type NewTask = TaskInput & { feedId: number; formKey?: string | undefined };

/** A task without categories is one statement, which needs no transaction: the fastest path. */
export async function writeTask(tasks: typeof Task, viewer: Viewer, input: NewTask): Promise<Task> {
  const { categoryIds = [], feedId, ...attributes } = input;
  checkWindow(input, new Date());
  const insert = (formKey: string | undefined): Promise<Task> => tasks.create({ ...attributes, feedId, userId: viewer.id, formKey: formKey ?? null });
  const make = (formKey: string | undefined): Promise<Task> =>
    categoryIds.length === 0
      ? insert(formKey)
      : unitOfWork(tasks.sequelize!, viewer.id, async (transaction) => {
          const task = await insert(formKey);
          await label(task, categoryIds, transaction);
          return task;
        });
  try {
    return await make(input.formKey);
  } catch (fault) {
    if (!(fault instanceof UniqueConstraintError) || input.formKey === undefined) throw fault;
    const made = await tasks.findOne({ where: { userId: viewer.id, formKey: input.formKey }, paranoid: false });
    return made?.description === input.description ? made : make(undefined);
  }
}

/** The task is locked and read again first, so that what was written meanwhile is never overwritten unseen. */
export function reviseTask(task: Task, viewer: Viewer, { categoryIds, ...text }: TaskInput, textRevision: number): Promise<Task> {
  return unitOfWork(task.sequelize, viewer.id, async (transaction) => {
    await task.reload({ lock: transaction.LOCK.NO_KEY_UPDATE });
    if (task.textRevision !== textRevision && differs(task, text)) throw new EditConflict(task);
    if (touchesWindow(text)) checkWindow(windowAfter(task, text), task.createdAt);
    await task.update(text, { returning: true });
    if (categoryIds) await label(task, categoryIds, transaction);
    return task.reload();
  });
}

async function label(task: Task, categoryIds: number[], transaction: Transaction): Promise<void> {
  const { Category } = task.sequelize.models;
  const found = await Category!.count({ where: { id: categoryIds, feedId: task.feedId }, transaction });
  if (found !== new Set(categoryIds).size) throw new InvalidInput({ path: 'categoryIds', message: 'errors.categoryUnknown' });
  await task.setCategories(categoryIds, { through: { feedId: task.feedId } });
}

const differs = (task: Task, { description, notes, dueOn }: TaskInput): boolean =>
  task.description !== description || (notes !== undefined && task.notes !== notes) || (dueOn !== undefined && task.dueOn !== dueOn);

const windowAfter = (task: Task, { availableFrom = task.availableFrom, availableUntil = task.availableUntil }: TaskInput): TaskWindow => ({ availableFrom, availableUntil });
