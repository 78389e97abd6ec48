import type { Request } from 'express';
import { z } from 'zod';
import type { Viewer } from '../../database/visible-lists.ts';
import { notFound } from '../../lib/http-error.ts';
import * as commands from '../../models/task/commands.ts';
import type { TaskFilters } from '../../models/task/filters.ts';
import { countTasks, cursorParts, findCursor, findTasks } from '../../models/task/list-page.ts';
import { findTaskDetails } from '../../models/task/queries.ts';
import { presentTaskResource, type TaskShape } from '../../presenters/task.ts';
import { flag, listHeaders } from '../../schemas/paging.ts';
import { idParams, ifMatch } from '../../schemas/shared.ts';
import { taskSchema } from '../../schemas/task.ts';
import { inTrash, taskListQuery, taskShape } from '../../schemas/task-query.ts';
import {
  absoluteUrls,
  cursorIn,
  entityTag,
  noContent,
  ok,
  pageHeaders,
  requiredRevision,
  windowOf,
} from '../response.ts';
import { operation, type OperationResponse, type ResponseDoc } from '../operation.ts';

export const listTasks = operation({
  method: 'get',
  path: '/tasks',
  tag: 'Tasks',
  summary: 'List the tasks of all your lists',
  description:
    'Paging is stable: a task that does not change is returned exactly once, even while others are ' +
    'being added. One whose sort key changes may be returned again.',
  scope: 'read',
  query: taskListQuery,
  example: { query: { 'filter[status]': 'open', sort: '-dueOn,description', limit: '20', include: 'categories' } },
  responses: {
    200: {
      description: 'A page of tasks, with the fields that `select` names.',
      schema: z.array(taskSchema),
      headers: listHeaders,
    },
  },
  async run({ viewer, query, req }) {
    const filters = toTaskFilters(query);
    const { size, offset } = windowOf(query);
    const parts = cursorParts(filters);
    const after = offset === null ? cursorIn(req, query.after, parts) : await findCursor(viewer, filters, offset);
    const { tasks, next } = after === 'end' ? { tasks: [], next: null } : await findTasks(viewer, filters, after, size);
    const url = absoluteUrls(req);
    return ok(
      tasks.map((task) => presentTaskResource(task, url, query)),
      await pageHeaders(req, query, next, () => countTasks(viewer, filters)),
    );
  },
});

export const getTask = operation({
  method: 'get',
  path: '/tasks/{id}',
  tag: 'Tasks',
  summary: 'Get a task',
  scope: 'read',
  params: idParams,
  query: z.strictObject({
    ...taskShape,
    trash: inTrash.meta({ type: 'boolean', description: '`true`: find the task in the trash too.' }),
  }),
  responses: { 200: taskResponse('The task.') },
  run: ({ viewer, params: { id }, query, req }) => respondWithTask(req, viewer, id, query),
});

export const deleteTask = operation({
  method: 'delete',
  path: '/tasks/{id}',
  tag: 'Tasks',
  summary: 'Move a task to the trash, or delete it permanently',
  scope: 'write',
  params: idParams,
  query: z.strictObject({
    permanent: flag.default(false).meta({
      type: 'boolean',
      description: '`true`: delete it permanently, whether or not it is in the trash.',
    }),
    physical: flag.default(false).meta({ type: 'boolean', description: 'Another name for `permanent`.' }),
  }),
  headers: ifMatch,
  responses: { 204: { description: 'Deleted.' } },
  problems: ['preconditionFailed'],
  async run({ viewer, params: { id }, query, req }) {
    const permanent = query.permanent || query.physical;
    await commands.withTaskLock(viewer, id, { inTrash: permanent, revision: requiredRevision(req) }, (task) =>
      permanent ? commands.purgeTask(task, viewer) : commands.moveToTrash(task, viewer),
    );
    return noContent;
  },
});

export const restoreTask = operation({
  method: 'post',
  path: '/tasks/{id}/restore',
  tag: 'Tasks',
  summary: 'Restore a task from the trash',
  description: 'Does nothing if the task is not in the trash.',
  scope: 'write',
  idempotent: true,
  params: idParams,
  query: z.strictObject(taskShape),
  responses: { 200: taskResponse('The task.') },
  run: ({ viewer, params: { id }, query, req }) =>
    commands.withTaskLock(viewer, id, { inTrash: true }, async (task) => {
      await commands.restoreTask(task, viewer);
      return respondWithTask(req, viewer, id, query);
    }),
});

function toTaskFilters(query: z.output<typeof taskListQuery>): TaskFilters {
  const { trash, sort } = query;
  const statuses = query['filter[status]'];
  const status = onlyOne(statuses) ?? 'all';
  const dueOn = query['filter[dueOn]'];
  const [list, category, assignee, author] = [
    query['filter[listId]'],
    query['filter[categoryId]'],
    query['filter[assigneeId]'],
    query['filter[userId]'],
  ];
  return {
    status: trash && status === 'all' ? 'trash' : status,
    statuses: statuses.length > 1 ? statuses : undefined,
    trash: trash && status !== 'all' ? true : undefined,
    sort: sort ?? [{ by: trash ? 'deletedAt' : 'createdAt', descending: true }],
    list: onlyOne(list),
    category: onlyOne(category),
    assignee: onlyOne(assignee),
    anyOf: {
      list: severalOf(list),
      category: severalOf(category),
      assignee: severalOf(assignee),
      author,
      priority: query['filter[priority]'],
    },
    q: query['filter[q]'],
    due: dueOn === 'null' ? 'none' : undefined,
    dueFrom: dueOn === 'null' ? query['filter[dueFrom]'] : (dueOn ?? query['filter[dueFrom]']),
    dueTo: dueOn === 'null' ? query['filter[dueTo]'] : (dueOn ?? query['filter[dueTo]']),
    dueBefore: query['filter[dueBefore]'],
    dueAfter: query['filter[dueAfter]'],
    overdue: query['filter[overdue]'],
    externalProvider: query['filter[externalProvider]'],
    externalId: query['filter[externalId]'],
    updatedSince: query['filter[updatedSince]'],
    completedSince: query['filter[completedSince]'],
  };
}

/** One value is a filter of the pages too, which have indexes and prepared statements for it. */
const onlyOne = <Value>(values: readonly Value[] | undefined): NonNullable<Value> | undefined =>
  values?.length === 1 ? (values[0] ?? undefined) : undefined;

const severalOf = <Value>(values: Value[] | undefined): Value[] | undefined =>
  onlyOne(values) === undefined ? values : undefined;

/** Reads the task back as a response; its ETag begins with the revision. @throws HttpError 404 */
export async function respondWithTask(
  req: Request,
  viewer: Viewer,
  id: number,
  shape: TaskShape & { trash?: boolean },
): Promise<OperationResponse> {
  const task = await findTaskDetails(viewer, id, { inTrash: shape.trash ?? false });
  if (!task) throw notFound();
  const body = presentTaskResource(task, absoluteUrls(req), shape);
  return ok(body, { ETag: entityTag(JSON.stringify(body), task.revision) });
}

export function taskResponse(description: string, headers: Record<string, string> = {}): ResponseDoc {
  return {
    description,
    schema: taskSchema,
    headers: { ETag: 'Begins with the revision; send it in `If-None-Match` or `If-Match`.', ...headers },
  };
}
