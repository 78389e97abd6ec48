import { z } from 'zod';
import { flag, paging } from './paging.ts';
import { markedTaskSchema } from './follow.ts';
import { userSchema } from './user.ts';

export const userMarksQuery = z.strictObject({
  read: flag.optional().meta({
    type: 'boolean',
    description:
      'The tasks that you have read, or those that others have changed since; all that you follow unless said.',
  }),
  limit: paging.limit,
  after: paging.after,
});

export const userMarksSchema = userSchema
  .extend({
    markedTasks: z.array(markedTaskSchema).optional().meta({
      description:
        'A page of the tasks that you follow, the one written last first; `Link` leads on. Of yourself only.',
    }),
  })
  .meta({ id: 'UserWithMarks', description: 'An account, with the tasks that it follows.' });
