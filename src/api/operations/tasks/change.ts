import { z } from 'zod';
import { revisionAsked } from '../../entity-tag.ts';
import { operation, type Answer, type OperationContext } from '../../operation.ts';
import type { TaskShape } from '../../../presenters/task-resource.ts';
import { idParams, ifMatch } from '../../../schemas/shared.ts';
import { changesOf, takenAlong, whole } from '../../../schemas/task-changes.ts';
import { taskBody, taskPatch } from '../../../schemas/task.ts';
import { taskShape } from '../../../schemas/task-query.ts';
import { answerTask, taskAnswer } from '../../task-answer.ts';
import { updateTask, withTaskLock } from '../../../models/task/commands.ts';
import { moveTask } from '../../../models/task/move.ts';

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
  description:
    'What is left out stays as it is; `null` takes it away. Another `listId` moves the task: its categories become those of the same name there or are dropped, and whoever does not see that list is taken off.',
  body: taskPatch,
  example: { body: { completed: true, notes: null } },
  run: (asked) => change(asked, asked.body),
});

export const putTask = operation({
  ...onOneTask,
  method: 'put',
  summary: 'Replace what is written in a task',
  description:
    'What is left out becomes what it is in a new task, the categories too, but not the list, into another of which `listId` moves it: send `categoryIds`, or the `categories` of `include=categories`.',
  body: taskBody,
  example: { body: { description: 'Water all the plants', completed: false } },
  run: (asked) => change(asked, whole(asked.body)),
});

/** Revision, change and answer are of one moment: nobody else writes in between. */
function change(
  { viewer, params: { id }, query, req }: OperationContext<{ id: number }, TaskShape, unknown>,
  sent: z.output<typeof taskPatch>,
): Promise<Answer> {
  return withTaskLock(viewer, id, { revision: revisionAsked(req), toMove: sent.listId !== undefined }, async (task) => {
    const { assigneeId } = task;
    const moved = sent.listId === undefined ? null : await moveTask(task, viewer, sent.listId);
    const changes = changesOf(sent, task);
    await updateTask(task, viewer, moved ? takenAlong(changes, moved, assigneeId) : changes);
    return answerTask(req, viewer, id, query);
  });
}
