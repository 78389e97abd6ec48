import type { z } from 'zod';
import type { MoveResult } from '../models/task/move.ts';
import type { taskBody, taskPatch } from './task.ts';
import type { TaskChanges } from '../models/task/commands.ts';

type Sent = z.output<typeof taskPatch>;

/** What is sent, in the words of the model. @param completed what the task is now */
export function changesOf(
  {
    description,
    notes,
    completed,
    dueOn,
    priority,
    order,
    assigneeId,
    availableFrom,
    availableUntil,
    categoryIds,
    categories,
  }: Sent,
  now: { completed: boolean },
): TaskChanges {
  return {
    description,
    notes,
    dueOn,
    assigneeId,
    availableFrom,
    availableUntil,
    position: order,
    priority: priority === null ? 0 : priority,
    completedAt:
      completed === undefined || (completed ?? false) === now.completed ? undefined : completed ? new Date() : null,
    categoryIds:
      categoryIds === undefined
        ? (categories?.map(({ id }) => id) ?? (categories === null ? [] : undefined))
        : (categoryIds ?? []),
  };
}

/** What PUT makes of what is left out: as in a new task. */
export const whole = (sent: z.output<typeof taskBody>): Sent => ({
  notes: null,
  completed: null,
  dueOn: null,
  priority: null,
  order: null,
  assigneeId: null,
  availableFrom: null,
  availableUntil: null,
  ...sent,
  categoryIds: sent.categoryIds ?? sent.categories?.map(({ id }) => id) ?? null,
});

/** What was sent as it was read before the task moved means what became of it. @param assigneeId whose it was before */
export const takenAlong = (
  changes: TaskChanges,
  { categories }: MoveResult,
  assigneeId: number | null,
): TaskChanges => ({
  ...changes,
  assigneeId: changes.assigneeId === assigneeId ? undefined : changes.assigneeId,
  categoryIds: changes.categoryIds?.flatMap((id) => (categories.has(id) ? (categories.get(id) ?? []) : [id])),
});
