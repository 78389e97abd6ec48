import { z } from 'zod';
import { limits, priorities } from '../shared/limits.ts';
import { flag, idsParam, names, numberedPaging, searchText, selection } from './paging.ts';
import { day, moment } from './shared.ts';
import { includedParts, taskFields } from './task.ts';

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
  select: selection(Object.keys(taskFields) as (keyof typeof taskFields)[])
    .optional()
    .meta({
      type: 'string',
      description: 'The fields to return, or `-notes,-url`: all but these. Default: all.',
      example: 'id,description',
    }),
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

/** A comma-separated list of some of these values. */
const several = <const Value extends string>(allowed: readonly Value[]) =>
  z
    .string('errors.invalid')
    .refine((text) => text.split(',').every((one) => allowed.includes(one as Value)), {
      error: 'errors.invalid',
      params: { rule: { code: 'oneOf', params: { values: allowed.join(', ') } } },
    })
    .transform((text) => [...new Set(text.split(','))] as Value[]);

const nullableIds = (what: string) =>
  idsParam({ nullable: true })
    .optional()
    .meta({ type: 'string', description: `${what} \`null\`: without one.` });

export const taskListQuery = z.strictObject({
  ...numberedPaging,
  ...taskShape,
  sort: sortKeys.optional(),
  trash: inTrash.meta({ type: 'boolean', description: '`true`: list the tasks in the trash instead.' }),
  'filter[status]': several(taskStatuses)
    .default(['all'])
    .meta({
      type: 'string',
      default: 'all',
      description:
        `Any of ${taskStatuses.join(', ')}. \`open\`: open and available now. ` +
        '`scheduled`: open, but not available now.',
      example: 'open,scheduled',
    }),
  'filter[listId]': idsParam().optional(),
  'filter[categoryId]': nullableIds('In any of these categories.'),
  'filter[q]': searchText
    .optional()
    .meta({ description: 'Text that the description or the notes contain, ignoring case.' }),
  'filter[dueOn]': z
    .union([z.literal('null'), day], 'errors.dateInvalid')
    .optional()
    .meta({ type: 'string', description: 'A day. `null`: without a due date.', example: '2026-11-27' }),
  'filter[dueFrom]': day.optional().meta({ description: 'Due on this day or later.' }),
  'filter[dueTo]': day.optional().meta({ description: 'Due on this day or earlier.' }),
  'filter[dueBefore]': day.optional().meta({ description: 'Due earlier than this day.' }),
  'filter[dueAfter]': day.optional().meta({ description: 'Due later than this day.' }),
  'filter[overdue]': flag.optional().meta({
    type: 'boolean',
    description: '`true`: not completed, and due before today in your time zone. `false`: all others.',
  }),
  'filter[priority]': several(priorities.map(String) as ['0', '1', '2', '3'])
    .transform((digits) => digits.map(Number))
    .optional()
    .meta({ type: 'string', example: '2,3' }),
  'filter[assigneeId]': nullableIds('Assigned to any of these people.'),
  'filter[userId]': nullableIds('Written by any of these people.'),
  'filter[externalProvider]': externalText.optional(),
  'filter[externalId]': externalText.optional(),
  'filter[updatedSince]': moment.optional(),
  'filter[completedSince]': moment.optional(),
});
