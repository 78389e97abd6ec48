import { ForeignKeyConstraintError } from 'sequelize';
import { ValidationError, type FieldError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { servesIn } from '../list/assignable-users.ts';
import type { Task } from './task.ts';

/** What a task refers to; all of it belongs to the task's list. */
export interface TaskReferences {
  /** Somebody who sees the list and may sign in. */
  assigneeId?: number | null | undefined;
  /** Undefined leaves the categories as they are. */
  categoryIds?: number[] | undefined;
}

/**
 * Holds what a task is going to refer to until the unit of work ends. To be called before anything is written:
 * categories are locked before lists, as by whoever removes one.
 * @throws ValidationError
 */
export async function lockReferences(listId: number, { assigneeId, categoryIds }: TaskReferences): Promise<void> {
  const errors: FieldError[] = [];
  if (assigneeId && !(await servesIn(listId, assigneeId)))
    errors.push({ path: 'assigneeId', message: 'errors.assigneeUnknown' });
  if (categoryIds && categoryIds.length > 0) {
    const found = await sql(LOCK_CATEGORIES, [categoryIds, listId]);
    if (found.length !== new Set(categoryIds).size)
      errors.push({ path: 'categoryIds', message: 'errors.categoryUnknown' });
  }
  if (errors.length > 0) throw new ValidationError(...errors);
}

/** Gives a task exactly these categories, which have been held. What it has already is not written again. */
export async function label(task: Task, categoryIds: number[]): Promise<void> {
  await task.setCategories([...new Set(categoryIds)], { through: { listId: task.listId } });
}

/** What the database refuses because it has gone since it was looked for is refused in the same words. */
export async function naming<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // Sequelize reads the name out of the words of PostgreSQL, which a trigger does not use.
    const key =
      error instanceof ForeignKeyConstraintError ? String((error.parent as { constraint?: string }).constraint) : '';
    if (key.startsWith('tasks_assignee'))
      throw new ValidationError({ path: 'assigneeId', message: 'errors.assigneeUnknown' });
    if (key.startsWith('tasks_list')) throw new ValidationError({ path: 'listId', message: 'errors.listUnknown' });
    throw error;
  }
}

/** The categories of a list among these ids, held: before the list, as by whoever removes one. */
export const LOCK_CATEGORIES =
  'SELECT id FROM categories WHERE id = ANY($1::integer[]) AND list_id = $2 ORDER BY id FOR KEY SHARE';
