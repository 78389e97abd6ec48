import { z } from 'zod';
import { addressesFor } from '../../address.ts';
import { operation } from '../../operation.ts';
import { changesOf } from '../../../schemas/task-changes.ts';
import { taskBody } from '../../../schemas/task.ts';
import { taskShape } from '../../../schemas/task-query.ts';
import { answerTask, taskAnswer } from '../../task-answer.ts';
import { resolveVisibleList } from '../../../models/list/queries.ts';
import { createTask } from '../../../models/task/commands.ts';

export const writeTask = operation({
  method: 'post',
  path: '/tasks',
  tag: 'Tasks',
  summary: 'Write a task down',
  scope: 'write',
  idempotent: true,
  query: z.strictObject(taskShape),
  body: taskBody,
  example: { body: { description: 'Water the plants', dueOn: '2026-11-27', priority: 2 } },
  answers: { 201: taskAnswer('The task.', { Location: 'Where it is.' }) },
  async run({ viewer, query, body, req }) {
    const listId = await resolveVisibleList(viewer, body.listId);
    const { id } = await createTask(viewer, {
      ...changesOf(body, { completed: false }),
      description: body.description,
      listId,
    });
    const answer = await answerTask(req, viewer, id, query);
    return {
      ...answer,
      status: 201,
      headers: { ...answer.headers, Location: addressesFor(req)(`/tasks/${String(id)}`) },
    };
  },
});
