import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import { flag, idParam, names, paging, searchText } from './paging.ts';
import { day, moment } from './shared.ts';
import { includedParts, priorityText, taskFields } from './task.ts';

const MAX_SORT_KEYS = 5;

export const taskStatuses = ['open', 'done', 'scheduled', 'all'] as const;

/** What tasks can be sorted by. */
export const taskSortNames = [
  'createdAt',
  'updatedAt',
  'deletedAt',
  'completedAt',
  'dueOn',
  'order',
  'description',
  'priority',
  'revision',
  'listId',
  'userId',
  'assigneeId',
  'availableFrom',
  'availableUntil',
  'externalProvider',
  'externalId',
  'id',
] as const;
export type TaskSortName = (typeof taskSortNames)[number];

/** The query parameters of every response with tasks. */
export const taskShape = {
  select: names(Object.keys(taskFields) as (keyof typeof taskFields)[])
    .optional()
    .meta({ type: 'string', description: 'The fields to return. Default: all.', example: 'id,description' }),
  include: names(Object.keys(includedParts) as (keyof typeof includedParts)[])
    .default([])
    .meta({
      type: 'string',
      description: 'What to return with each task: any of `categories`, `user` and `assignee`.',
      example: 'categories,user',
    }),
};

export const inTrash = flag.default(false);

const sortKeys = z
  .string('errors.sortUnknown')
  .transform((text, context) => {
    const keys = text
      .split(',')
      .map((name) => ({ by: name.replace(/^-/, '') as TaskSortName, descending: name.startsWith('-') }));
    const known =
      keys.every(({ by }) => taskSortNames.includes(by)) && new Set(keys.map(({ by }) => by)).size === keys.length;
    if (!known || keys.length > MAX_SORT_KEYS)
      context.addIssue({ code: 'custom', message: 'errors.sortUnknown', input: text });
    return keys;
  })
  .meta({
    type: 'string',
    description:
      `A comma-separated list of ${taskSortNames.join(', ')}; prefix a field with \`-\` for descending ` +
      'order. Tasks without a value come last, ties are broken by id. Default: newest first.',
    example: '-dueOn,description',
  });

const externalText = z.string('errors.invalid').min(1, 'errors.invalid').max(limits.externalId, 'errors.invalid');

export const taskListQuery = z.strictObject({
  ...paging,
  ...taskShape,
  sort: sortKeys.optional(),
  trash: inTrash.meta({ type: 'boolean', description: '`true`: list the tasks in the trash instead.' }),
  'filter[status]': z
    .enum(taskStatuses, 'errors.invalid')
    .default('all')
    .meta({ description: '`open`: open and available now. `scheduled`: open, but not available now.' }),
  'filter[listId]': idParam.optional(),
  'filter[categoryId]': idParam.optional(),
  'filter[q]': searchText
    .optional()
    .meta({ description: 'Text that the description or the notes contain, ignoring case.' }),
  'filter[dueBefore]': day.optional(),
  'filter[dueAfter]': day.optional(),
  'filter[priority]': priorityText.optional(),
  'filter[assigneeId]': idParam.optional(),
  'filter[userId]': idParam.optional().meta({ type: 'integer', description: 'The author.' }),
  'filter[externalProvider]': externalText.optional(),
  'filter[externalId]': externalText.optional(),
  'filter[updatedSince]': moment.optional(),
});
