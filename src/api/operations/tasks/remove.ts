import { z } from 'zod';
import { revisionAsked } from '../../entity-tag.ts';
import { noContent, operation } from '../../operation.ts';
import { flag } from '../../../schemas/paging.ts';
import { idParams, ifMatch } from '../../../schemas/shared.ts';
import { taskShape } from '../../../schemas/task-query.ts';
import { answerTask, taskAnswer } from '../../task-answer.ts';
import {
  moveToTrash,
  purgeTask,
  restoreTask as restoreFromTrash,
  withTaskLock,
} from '../../../models/task/commands.ts';

export const removeTask = operation({
  method: 'delete',
  path: '/tasks/{id}',
  tag: 'Tasks',
  summary: 'Move a task to the trash, or purge it',
  scope: 'write',
  params: idParams,
  query: z.strictObject({
    physical: flag.default(false).meta({ type: 'boolean', description: '`true`: for good, also out of the trash.' }),
  }),
  headers: ifMatch,
  answers: { 204: { description: 'It is gone.' } },
  problems: ['preconditionFailed'],
  async run({ viewer, params: { id }, query: { physical }, req }) {
    await withTaskLock(viewer, id, { inTrash: physical, revision: revisionAsked(req) }, (task) =>
      physical ? purgeTask(task, viewer) : moveToTrash(task, viewer),
    );
    return noContent;
  },
});

export const restoreTask = operation({
  method: 'post',
  path: '/tasks/{id}/restore',
  tag: 'Tasks',
  summary: 'Take a task out of the trash',
  description: 'A task that is in no trash stays as it is.',
  scope: 'write',
  idempotent: true,
  params: idParams,
  query: z.strictObject(taskShape),
  answers: { 200: taskAnswer('The task.') },
  run: ({ viewer, params: { id }, query, req }) =>
    withTaskLock(viewer, id, { inTrash: true }, async (task) => {
      await restoreFromTrash(task, viewer);
      return answerTask(req, viewer, id, query);
    }),
});
