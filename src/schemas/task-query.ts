import { z } from 'zod';
import { sortNames, type SortKey, type SortName } from '../models/task/sort.ts';
import { limits, type Priority } from '../shared/limits.ts';
import { flag, idAsked, names, paging } from './paging.ts';
import { includedParts, taskFields } from './task.ts';
import { statuses, type TaskFilters } from '../models/task/filters.ts';

/** Characters of a name that another system gave. */
const EXTERNAL = 200;
const MOST_KEYS = 5;

/** What shapes an answer with tasks. */
export const taskShape = {
  select: names(Object.keys(taskFields) as (keyof typeof taskFields)[])
    .optional()
    .meta({ type: 'string', description: 'The fields that are wanted; all unless said.', example: 'id,description' }),
  include: names(Object.keys(includedParts) as (keyof typeof includedParts)[])
    .default([])
    .meta({
      type: 'string',
      description: 'Of `categories`, `user` and `assignee` what is wanted with each task.',
      example: 'categories,user',
    }),
};

export const inTrash = flag.default(false);

const sortKeys = z
  .string('errors.sortUnknown')
  .transform((text, context): SortKey[] => {
    const keys = text
      .split(',')
      .map((name) => ({ by: name.replace(/^-/, '') as SortName, descending: name.startsWith('-') }));
    const known =
      keys.every(({ by }) => sortNames.includes(by)) && new Set(keys.map(({ by }) => by)).size === keys.length;
    if (!known || keys.length > MOST_KEYS)
      context.addIssue({ code: 'custom', message: 'errors.sortUnknown', input: text });
    return keys;
  })
  .meta({
    type: 'string',
    description: `By which fields, \`-\` before one that runs down: ${sortNames.join(', ')}. What has no value comes last; the id decides between equals. Without it what was written last comes first.`,
    example: '-dueOn,description',
  });

const day = z.iso.date('errors.dateInvalid').meta({ example: '2026-11-27' });
const text = z.string('errors.invalid').min(1, 'errors.invalid').max(EXTERNAL, 'errors.invalid');

export const taskListQuery = z.strictObject({
  ...paging,
  ...taskShape,
  sort: sortKeys.optional(),
  trash: inTrash.meta({ type: 'boolean', description: '`true`: what is in the trash, instead.' }),
  'filter[status]': z
    .enum(statuses, 'errors.invalid')
    .default('all')
    .meta({ description: '`open`: on the list. `scheduled`: open, but outside its time.' }),
  'filter[listId]': idAsked.optional(),
  'filter[categoryId]': idAsked.optional(),
  'filter[q]': z
    .string('errors.invalid')
    .trim()
    .max(limits.search, 'errors.invalid')
    .optional()
    .meta({ description: 'Part of the description or of the notes, in upper or lower case.' }),
  'filter[dueBefore]': day.optional(),
  'filter[dueAfter]': day.optional(),
  'filter[priority]': z
    .enum(['0', '1', '2', '3'], 'errors.invalid')
    .transform((digit) => Number(digit) as Priority)
    .optional(),
  'filter[assigneeId]': idAsked.optional(),
  'filter[userId]': idAsked.optional().meta({ type: 'integer', description: 'Who wrote it.' }),
  'filter[externalProvider]': text.optional(),
  'filter[externalId]': text.optional(),
  'filter[updatedSince]': z.iso
    .datetime({ offset: true, error: 'errors.timeInvalid' })
    .transform((time) => new Date(time))
    .optional(),
});

/** What the finder is asked, in its own words. */
export function filtersOf(query: z.output<typeof taskListQuery>): TaskFilters {
  const { trash, sort } = query;
  const status = query['filter[status]'];
  return {
    status: trash && status === 'all' ? 'trash' : status,
    trash: trash && status !== 'all' ? true : undefined,
    sort: sort ?? [{ by: trash ? 'deletedAt' : 'createdAt', descending: true }],
    list: query['filter[listId]'],
    category: query['filter[categoryId]'],
    q: query['filter[q]'],
    dueBefore: query['filter[dueBefore]'],
    dueAfter: query['filter[dueAfter]'],
    priority: query['filter[priority]'],
    assignee: query['filter[assigneeId]'],
    author: query['filter[userId]'],
    externalProvider: query['filter[externalProvider]'],
    externalId: query['filter[externalId]'],
    updatedSince: query['filter[updatedSince]'],
  };
}
