import { operation } from '../operation.ts';
import { defaultRow } from '../../lib/json-stream.ts';
import { limits } from '../../shared/limits.ts';
import { mergeAnswer, mergeBody, mergeDoc } from '../../schemas/merge.ts';
import { resolveVisibleList } from '../../models/list/queries.ts';
import * as transfer from '../../transfer/merge/index.ts';
import { ok } from '../response.ts';

export const mergeTasks = operation({
  method: 'post',
  path: '/tasks/merge',
  tag: 'Tasks',
  summary: 'Synchronize a list with the tasks of another system',
  description: [
    'Inserts docs that are not stored yet, updates those that differ, and moves stored tasks that are' +
      ' in no doc to the trash, all in one transaction.',
    'Only tasks of `provider` in that list are compared or removed; tasks created by people are never' +
      ' touched. A task in the trash is restored and counted as an update. Duplicate keys in `docs` are' +
      ' an error.',
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
  rows: {
    field: 'docs',
    row: mergeDoc,
    bounds: { rows: limits.merge, row: defaultRow, rest: 100_000, values: limits.mergeValues },
    bytes: limits.mergeBytes,
  },
  idempotent: true,
  queue: transfer.mergeQueue,
  responses: { 200: { description: 'What changed, or would change in a dry run.', schema: mergeAnswer } },
  problems: ['validation'],
  async run({ viewer, body: { listId, ...options } }) {
    return ok(await transfer.mergeTasks(viewer, { ...options, listId: await resolveVisibleList(viewer, listId) }));
  },
});
