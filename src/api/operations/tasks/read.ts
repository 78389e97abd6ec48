import { z } from 'zod';
import { operation } from '../../operation.ts';
import { idParams } from '../../../schemas/shared.ts';
import { inTrash, taskShape } from '../../../schemas/task-query.ts';
import { answerTask, taskAnswer } from '../../task-answer.ts';

export const readTask = operation({
  method: 'get',
  path: '/tasks/{id}',
  tag: 'Tasks',
  summary: 'Read a task',
  scope: 'read',
  params: idParams,
  query: z.strictObject({
    ...taskShape,
    trash: inTrash.meta({ type: 'boolean', description: '`true`: also if it is in the trash.' }),
  }),
  answers: { 200: taskAnswer('The task.') },
  run: ({ viewer, params: { id }, query, req }) => answerTask(req, viewer, id, query),
});
