import { ok, operation } from '../operation.ts';
import { mergeAnswer, mergeBody } from '../../schemas/merge.ts';
import { resolveVisibleList } from '../../models/list/queries.ts';
import { mergeTasks } from '../../transfer/merge/index.ts';

export const merge = operation({
  method: 'post',
  path: '/tasks/merge',
  tag: 'Tasks',
  summary: 'Bring a list of another system into a list, and keep it current',
  description: [
    'Docs that are not stored are inserted, those that are stored otherwise updated, and stored tasks that are in no doc go to the trash: all of it or nothing.',
    'Only tasks of `provider` in that list are ever compared or removed, never what people wrote by hand. A key that is in the trash is restored, and counted under update. A key twice in docs is an error.',
  ].join('\n\n'),
  scope: 'write',
  body: mergeBody,
  example: {
    body: {
      provider: 'helpdesk',
      docs: [
        { externalId: 'T-17', description: 'Mend the lamp', categories: ['Home'] },
        { externalId: 'T-18', description: 'Order a bulb' },
      ],
    },
  },
  bodyLimit: '20mb',
  idempotent: true,
  answers: { 200: { description: 'What was changed, or in a dry run would be.', schema: mergeAnswer } },
  problems: ['validation'],
  async run({ viewer, body: { listId, ...options } }) {
    return ok(await mergeTasks(viewer, { ...options, listId: await resolveVisibleList(viewer, listId) }));
  },
});
