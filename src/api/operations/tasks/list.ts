import { z } from 'zod';
import { decodeCursor } from '../../../database/cursor.ts';
import { countTasks, cursorParts, findTasks } from '../../../models/task/list-page.ts';
import { addressesFor, nextLink } from '../../address.ts';
import { ok, operation } from '../../operation.ts';
import { presentTaskResource } from '../../../presenters/task-resource.ts';
import { listHeaders } from '../../../schemas/paging.ts';
import { selectedTaskSchema, taskSchema } from '../../../schemas/task.ts';
import { filtersOf, taskListQuery } from '../../../schemas/task-query.ts';

export const listTasks = operation({
  method: 'get',
  path: '/tasks',
  tag: 'Tasks',
  summary: 'The tasks of all your lists, page by page',
  description:
    'A task that nobody changes stands on exactly one page, also while others are written; one that a change moves may be met again.',
  scope: 'read',
  query: taskListQuery,
  example: { query: { 'filter[status]': 'open', sort: '-dueOn,description', limit: '20', include: 'categories' } },
  answers: {
    200: {
      description: 'The tasks, whole or as `select` wants them.',
      schema: z.union([z.array(taskSchema), z.array(selectedTaskSchema)]),
      headers: listHeaders,
    },
  },
  async run({ viewer, query, req }) {
    const filters = filtersOf(query);
    const after = query.after === undefined ? null : decodeCursor(query.after, cursorParts(filters));
    const { tasks, next } = await findTasks(viewer, filters, after, query.limit);
    const total: Record<string, string> = query.count
      ? { 'X-Total-Count': String(await countTasks(viewer, filters)) }
      : {};
    const address = addressesFor(req);
    return ok(
      tasks.map((task) => presentTaskResource(task, address, query)),
      { ...nextLink(req, next), ...total },
    );
  },
});
