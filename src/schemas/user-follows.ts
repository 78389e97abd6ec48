import { z } from 'zod';
import { flag, paging } from './paging.ts';
import { followedTaskSchema } from './follow.ts';
import { userSchema } from './user.ts';

export const userFollowsQuery = z.strictObject({
  read: flag.optional().meta({
    type: 'boolean',
    description:
      'The tasks that you have read, or those that others have changed since; all that you follow unless said.',
  }),
  limit: paging.limit,
  after: paging.after,
});

export const userFollowsSchema = userSchema
  .extend({
    followedTasks: z.array(followedTaskSchema).optional().meta({
      description:
        'A page of the tasks that you follow, the one written last first; `Link` leads on. Of yourself only.',
    }),
  })
  .meta({ id: 'UserWithFollows', description: 'An account, with the tasks that it follows.' });
