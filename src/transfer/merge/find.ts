import type { Bind } from '../../lib/sql-params.ts';
import type { Priority } from '../../shared/limits.ts';
import type { statuses } from '../../models/task/filters.ts';

/** Which stored tasks are compared; every condition has to hold. Dates are `YYYY-MM-DD`. */
export interface MergeFind {
  status?: (typeof statuses)[number] | undefined;
  categoryId?: number | undefined;
  assigneeId?: number | undefined;
  priority?: Priority | undefined;
  dueBefore?: string | undefined;
  dueAfter?: string | undefined;
}

const states: Record<(typeof statuses)[number], string> = {
  open: 't.completed_at IS NULL AND t.available',
  done: 't.completed_at IS NOT NULL',
  scheduled: 't.completed_at IS NULL AND NOT t.available',
  all: 'true',
};

/** The condition on `tasks t`; what is in the trash is asked for in the same way. */
export function findCondition(
  { status = 'all', categoryId, assigneeId, priority, dueBefore, dueAfter }: MergeFind,
  bind: Bind,
): string {
  const conditions = [states[status]];
  if (categoryId !== undefined)
    conditions.push(
      `EXISTS (SELECT FROM task_categories tc WHERE tc.task_id = t.id AND tc.category_id = ${bind(categoryId)})`,
    );
  if (assigneeId !== undefined) conditions.push(`t.assignee_id = ${bind(assigneeId)}`);
  if (priority !== undefined) conditions.push(`t.priority = ${bind(priority)}`);
  if (dueBefore !== undefined) conditions.push(`t.due_on < ${bind(dueBefore)}::date`);
  if (dueAfter !== undefined) conditions.push(`t.due_on > ${bind(dueAfter)}::date`);
  return `coalesce(${conditions.join(' AND ')}, false)`;
}
