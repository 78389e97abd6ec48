import { z } from 'zod';
import { resolveVisibleList } from '../../models/list/queries.ts';
import * as commands from '../../models/task/commands.ts';
import { moveTask, type MoveResult } from '../../models/task/move.ts';
import type { TaskShape } from '../../presenters/task.ts';
import { idParams, ifMatch } from '../../schemas/shared.ts';
import { taskBody, taskPatch } from '../../schemas/task.ts';
import { taskShape } from '../../schemas/task-query.ts';
import { absoluteUrls, requiredRevision } from '../response.ts';
import { operation, type OperationContext, type OperationResponse } from '../operation.ts';
import { respondWithTask, taskResponse } from './tasks.ts';

type TaskPatch = z.output<typeof taskPatch>;

export const createTask = operation({
  method: 'post',
  path: '/tasks',
  tag: 'Tasks',
  summary: 'Create a task',
  scope: 'write',
  idempotent: true,
  query: z.strictObject(taskShape),
  body: taskBody,
  example: { body: { description: 'Water the plants', dueOn: '2026-11-27', priority: 2 } },
  responses: { 201: taskResponse('The new task.', { Location: 'The URL of the task.' }) },
  async run({ viewer, query, body, req }) {
    const listId = await resolveVisibleList(viewer, body.listId);
    const { id } = await commands.createTask(viewer, {
      ...toTaskChanges(body, { completed: false }),
      description: body.description,
      listId,
    });
    const { body: task, headers } = await respondWithTask(req, viewer, id, query);
    return { status: 201, body: task, headers: { ...headers, Location: absoluteUrls(req)(`/tasks/${String(id)}`) } };
  },
});

const oneTask = {
  path: '/tasks/{id}',
  tag: 'Tasks',
  scope: 'write',
  params: idParams,
  query: z.strictObject(taskShape),
  headers: ifMatch,
  responses: { 200: taskResponse('The updated task.') },
  problems: ['preconditionFailed'],
} as const;

export const updateTask = operation({
  ...oneTask,
  method: 'patch',
  summary: 'Update a task',
  description:
    'Fields that you leave out keep their values; `null` clears a field. A different `listId` moves ' +
    'the task: its categories are matched by name in the new list or dropped, and an assignee who ' +
    'cannot see that list is removed.',
  body: taskPatch,
  example: { body: { completed: true, notes: null } },
  run: (context) => update(context, context.body),
});

export const replaceTask = operation({
  ...oneTask,
  method: 'put',
  summary: 'Replace a task',
  description:
    'Fields that you leave out get the values of a new task, so send `categoryIds`, or the ' +
    '`categories` from `include=categories`, to keep the categories. The list is the exception: the ' +
    'task moves only if you send a different `listId`.',
  body: taskBody,
  example: { body: { description: 'Water all the plants', completed: false } },
  run: (context) => update(context, withDefaults(context.body)),
});

/** One lock from the check of the revision to the response, so that nobody else writes in between. */
function update(
  { viewer, params: { id }, query, req }: OperationContext<{ id: number }, TaskShape, unknown>,
  patch: TaskPatch,
): Promise<OperationResponse> {
  return commands.withTaskLock(
    viewer,
    id,
    { revision: requiredRevision(req), toMove: patch.listId !== undefined },
    async (task) => {
      const { assigneeId } = task;
      const moved = patch.listId === undefined ? null : await moveTask(task, viewer, patch.listId);
      const changes = toTaskChanges(patch, task);
      await commands.updateTask(task, viewer, moved ? afterMove(changes, moved, assigneeId) : changes);
      return respondWithTask(req, viewer, id, query);
    },
  );
}

/** Maps the API's fields to the model's. @param current tells whether `completed` changes anything */
function toTaskChanges(patch: TaskPatch, current: { completed: boolean }): commands.TaskChanges {
  const { description, notes, dueOn, assigneeId, availableFrom, availableUntil, order, priority, completed } = patch;
  const unchanged = completed === undefined || (completed ?? false) === current.completed;
  return {
    description,
    notes,
    dueOn,
    assigneeId,
    availableFrom,
    availableUntil,
    position: order,
    priority: priority === null ? 0 : priority,
    completedAt: unchanged ? undefined : completed ? new Date() : null,
    categoryIds: categoryIdsOf(patch),
  };
}

/** `categoryIds` wins over `categories`; null is no category. */
function categoryIdsOf({ categoryIds, categories }: TaskPatch): number[] | undefined {
  if (categoryIds !== undefined) return categoryIds ?? [];
  if (categories !== undefined) return categories?.map(({ id }) => id) ?? [];
  return undefined;
}

/** What PUT means by the fields that are left out: the values of a new task. */
const withDefaults = (body: z.output<typeof taskBody>): TaskPatch => ({
  notes: null,
  completed: null,
  dueOn: null,
  priority: null,
  order: null,
  assigneeId: null,
  availableFrom: null,
  availableUntil: null,
  ...body,
  categoryIds: categoryIdsOf(body) ?? null,
});

/**
 * The changes were written against the task as it was before its move: an assignee or category that they merely
 * repeat means whatever the move made of it.
 * @param assigneeId before the move
 */
const afterMove = (
  changes: commands.TaskChanges,
  { categories }: MoveResult,
  assigneeId: number | null,
): commands.TaskChanges => ({
  ...changes,
  assigneeId: changes.assigneeId === assigneeId ? undefined : changes.assigneeId,
  categoryIds: changes.categoryIds?.flatMap((id) => (categories.has(id) ? (categories.get(id) ?? []) : [id])),
});
