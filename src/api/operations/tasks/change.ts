import { z } from 'zod';
import { InvalidInput } from '../../../lib/invalid-input.ts';
import { Feed, Task } from '../../../models/index.ts';
import type { Viewer } from '../../../models/viewer.ts';
import { revisionAsked } from '../../entity-tag.ts';
import { operation, type Answer, type Asked } from '../../operation.ts';
import type { TaskShape } from '../../presenters/task-resource.ts';
import { idParams, ifMatch } from '../../schemas/shared.ts';
import { changesOf, whole } from '../../schemas/task-changes.ts';
import { taskBody, taskPatch } from '../../schemas/task.ts';
import { taskShape } from '../../schemas/task-query.ts';
import { answerTask, taskAnswer } from '../../task-answer.ts';

const onOneTask = {
  path: '/tasks/{id}',
  tag: 'Tasks',
  scope: 'write',
  params: idParams,
  query: z.strictObject(taskShape),
  headers: ifMatch,
  answers: { 200: taskAnswer('The task as it is now.') },
  problems: ['preconditionFailed'],
} as const;

export const patchTask = operation({
  ...onOneTask,
  method: 'patch',
  summary: 'Change something of a task',
  description: 'What is left out stays as it is; `null` takes it away.',
  body: taskPatch,
  example: { body: { completed: true, notes: null } },
  run: (asked) => change(asked, asked.body),
});

export const putTask = operation({
  ...onOneTask,
  method: 'put',
  summary: 'Replace what is written in a task',
  description: 'What is left out becomes what it is in a new task, the categories too: send `categoryIds`, or the `categories` of `include=categories`.',
  body: taskBody,
  example: { body: { description: 'Water all the plants', completed: false } },
  run: (asked) => change(asked, whole(asked.body)),
});

/** Revision, change and answer are of one moment: nobody else writes in between. */
function change({ viewer, params: { id }, query, req }: Asked<{ id: number }, TaskShape, unknown>, sent: z.output<typeof taskPatch>): Promise<Answer> {
  return Task.whileLocked(viewer, id, { revision: revisionAsked(req) }, async (task) => {
    if (sent.feedId !== undefined && sent.feedId !== task.feedId) await refuseMove(viewer, sent.feedId);
    await task.change(viewer, changesOf(sent, task));
    return answerTask(req, viewer, id, query);
  });
}

async function refuseMove(viewer: Viewer, feedId: number): Promise<never> {
  await Feed.chosen(viewer, feedId);
  throw new InvalidInput({ path: 'feedId', message: 'errors.feedFixed' });
}
