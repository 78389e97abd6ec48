import { z } from 'zod';
import { boolean, id, moment, person, reserved, time, url } from './shared.ts';
import { changesSchema } from './activity.ts';
import { taskFields } from './task.ts';

const read = boolean.meta({ description: '`false`: others have changed the task since you read it.' });

export const followSchema = z
  .object({
    id: z.int(),
    url,
    taskId: z.int(),
    read,
    createdAt: time,
    updatedAt: time.meta({ description: 'While unread: the time of the latest unread change.' }),
  })
  .meta({
    id: 'Follow',
    description:
      'Says that you follow a task. Being assigned a task, or changing a task of somebody else, makes you follow it.',
  });

export const newFollow = z.strictObject({
  taskId: id.meta({ description: 'A task that you can see.', example: 12 }),
  ...reserved('id', 'url', 'read', 'createdAt', 'updatedAt'),
});

export const followBody = z.strictObject({ read, ...reserved('id', 'url', 'taskId', 'createdAt', 'updatedAt') });

const taskWithAuthor = { ...taskFields, user: person.nullable() };

export const followedTaskSchema = z
  .object({
    ...taskWithAuthor,
    follows: z.array(z.object({ id: z.int(), read })).meta({ description: 'Your own follow.' }),
  })
  .meta({ id: 'FollowedTask', description: 'A task that you follow.' });

export const inboxItemSchema = z
  .object({
    follow: followSchema.pick({ id: true, url: true, taskId: true, read: true }),
    newsAt: time.meta({ description: 'When the task was last changed by somebody else; newest first.' }),
    task: z.object(taskWithAuthor),
    change: z
      .object({
        name: z.string().meta({ description: 'The name of the event.', example: 'task_updated' }),
        changes: changesSchema,
        actor: person.nullable().meta({ description: 'Null for automatic changes and deleted accounts.' }),
        at: time,
      })
      .nullable()
      .meta({ description: 'The latest change by somebody else; null if it is no longer in the log.' }),
  })
  .meta({
    id: 'InboxItem',
    description: 'An unread task that you follow. It may have been moved to the trash.',
  });

/** What a program marks as read. */
export const inboxReading = z.strictObject({
  until: moment.optional().meta({
    description:
      'Only what changed until then: the `newsAt` of the first item that you have seen. Default: everything.',
    example: '2026-11-27T14:05:00.000Z',
  }),
});

/** More than a page shows. */
const MAX_SHOWN = 200;
const MAX_SHOWN_TEXT = 6000;

/** What a form says that its page has shown: `<id of the follow>-<milliseconds>`, comma-separated. */
export const shownItems = z
  .string('errors.invalid')
  .max(MAX_SHOWN_TEXT, 'errors.invalid')
  .regex(/^\d{1,9}-\d{1,15}(,\d{1,9}-\d{1,15})*$/, 'errors.invalid')
  .transform((text) =>
    text.split(',').map((item) => {
      const [followId, newsAt] = item.split('-').map(Number) as [number, number];
      return { followId, newsAt: new Date(newsAt) };
    }),
  )
  .refine((items) => items.length <= MAX_SHOWN, 'errors.invalid');
