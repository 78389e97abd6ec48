import { z } from 'zod';
import { taskFields } from './task.ts';
import { id, reserved, time, url } from './shared.ts';

const read = z
  .boolean('errors.invalid')
  .meta({ description: 'False: others have changed the task since you read it.' });

export const followSchema = z
  .object({
    id: z.int(),
    url,
    taskId: z.int(),
    read,
    createdAt: time,
    updatedAt: time.meta({ description: 'Of one that is not read: when the task was news last.' }),
  })
  .meta({
    id: 'Follow',
    description: 'You follow a task. Who is assigned a task, or changes one of somebody else’s, follows it by that.',
  });

export const newFollow = z.strictObject({
  taskId: id.meta({ description: 'A task that you see.', example: 12 }),
  ...reserved('id', 'url', 'read', 'createdAt', 'updatedAt'),
});
export const followBody = z.strictObject({ read, ...reserved('id', 'url', 'taskId', 'createdAt', 'updatedAt') });

const person = z.object({ id: z.int(), name: z.string() });
/** A task with who wrote it. */
const authored = { ...taskFields, user: person.nullable() };

export const followedTaskSchema = z
  .object({ ...authored, follows: z.array(z.object({ id: z.int(), read })).meta({ description: 'Your own.' }) })
  .meta({ id: 'FollowedTask', description: 'A task that you follow.' });

export const inboxItemSchema = z
  .object({
    follow: followSchema.pick({ id: true, url: true, taskId: true, read: true }),
    newsAt: time.meta({ description: 'When the task was news last; the list begins with the newest.' }),
    task: z.object(authored),
    change: z
      .object({
        name: z.string().meta({ description: 'Of the event.', example: 'task_updated' }),
        columns: z
          .array(z.string())
          .meta({ description: 'What of the task changed, as far as the log tells.', example: ['completed_at'] }),
        actor: person.nullable().meta({ description: 'Null: nobody, or the account is gone.' }),
        at: time,
      })
      .nullable()
      .meta({ description: 'What somebody else did last; null where it is no longer in the log.' }),
  })
  .meta({
    id: 'InboxItem',
    description:
      'A task that you follow and others have changed since you read it; also one that they moved to the trash.',
  });
