import type { ConstraintErrors } from '../../database/errors.ts';
import { sql } from '../../database/sql.ts';
import { UnauthorizedError, ValidationError, type FieldError } from '../../lib/errors.ts';
import { isAssignable } from '../list/queries.ts';

/** What a task refers to; all of it belongs to the task's list. */
export interface TaskReferences {
  /** A user who sees the list and may sign in. Undefined leaves it as it is, null clears it. */
  assigneeId?: number | null | undefined;
  /** Undefined leaves the categories as they are. */
  categoryIds?: number[] | undefined;
}

/**
 * Checks what a task is going to refer to, and locks it until the unit of work ends. Call it before anything is
 * written: categories are locked before lists, as in `destroyCategory`.
 * @throws ValidationError
 */
export async function lockReferences(listId: number, { assigneeId, categoryIds }: TaskReferences): Promise<void> {
  const errors: FieldError[] = [];
  if (assigneeId && !(await isAssignable(listId, assigneeId)))
    errors.push({ path: 'assigneeId', message: 'errors.assigneeUnknown' });
  if (categoryIds && categoryIds.length > 0) {
    const locked = await lockCategories(listId, categoryIds);
    if (locked.size !== new Set(categoryIds).size)
      errors.push({ path: 'categoryIds', message: 'errors.categoryUnknown' });
  }
  if (errors.length > 0) throw new ValidationError(errors);
}

/** Locks the categories of the list among these ids. @returns those that it found */
export async function lockCategories(listId: number, ids: number[]): Promise<Set<number>> {
  const found = await sql<{ id: number }>(
    'SELECT id FROM categories WHERE id = ANY($1::integer[]) AND list_id = $2 ORDER BY id FOR KEY SHARE',
    [ids, listId],
  );
  return new Set(found.map(({ id }) => id));
}

/** For `translateDatabaseErrors`: a reference that vanished between the check and the write gets the same error. */
export const referenceErrors = {
  tasks_assignee_id_fkey: { path: 'assigneeId', message: 'errors.assigneeUnknown' },
  tasks_assignee_id_list_id_fkey: { path: 'assigneeId', message: 'errors.assigneeUnknown' },
  tasks_author_access: { path: 'listId', message: 'errors.listUnknown' },
  tasks_author_disabled: () => new UnauthorizedError('errors.unauthorized'),
  tasks_list_id_fkey: { path: 'listId', message: 'errors.listUnknown' },
} satisfies ConstraintErrors;
