import { z } from 'zod';
import { taskEventNames } from '../shared/events.ts';
import { idParam, paging } from './paging.ts';
import { person, time } from './shared.ts';

const change = z.object({ old: z.unknown(), new: z.unknown() });

/** By field of the API. */
export const changesSchema = z.record(z.string(), change).meta({
  description: 'The old and new value of each changed field; categories by their names.',
  example: { priority: { old: 0, new: 2 } },
});

export const activityQuery = z.strictObject({
  limit: paging.limit,
  after: paging.after,
  'filter[listId]': idParam.optional(),
  'filter[actorId]': idParam.optional().meta({ type: 'integer', description: 'Who made the change.' }),
  'filter[taskId]': idParam.optional(),
});

export const activitySchema = z
  .object({
    name: z
      .enum([...taskEventNames, 'category_changed', 'list_renamed', 'member_joined', 'member_left'])
      .meta({ description: 'The name of the event, as sockets receive it.' }),
    list: z.object({ id: z.int(), version: z.int() }).meta({ description: 'The list, and the number of the change.' }),
    subject: z.object({
      type: z.enum(['task', 'category', 'user', 'list']),
      id: z.int(),
      name: z.string().nullable().meta({
        description: 'The description or name before the change; null if it was permanently deleted.',
      }),
      exists: z.boolean().meta({ description: 'Whether it is still there.' }),
    }),
    actor: person.nullable().meta({ description: 'Null for automatic changes and deleted accounts.' }),
    moved: z.boolean().meta({ description: 'Whether the task came from, or went to, another list.' }),
    changes: changesSchema,
    createdAt: time,
  })
  .meta({ id: 'Activity', description: 'A change in one of your lists.' });
