import { z } from 'zod';
import { position } from './event.ts';
import { person, url } from './shared.ts';

export const listSchema = z
  .object({
    id: z.int(),
    url,
    name: z.string().nullable().meta({ description: 'The name of the team; null for your personal list.' }),
    personal: z.boolean(),
    ...position,
    open: z.int().meta({ description: 'Number of open tasks, counted to 1000.' }),
  })
  .meta({ id: 'List', description: 'A list of tasks, personal or of a team.' });

/** The position of a client in one list, as a query. */
export const catchUpQuery = z.object({
  since: z
    .string('errors.since')
    .regex(/^\d{1,16}$/, 'errors.since')
    .transform(Number)
    .refine(Number.isSafeInteger, 'errors.since')
    .meta({ type: 'integer', description: 'Return the events after this version.', example: 0 }),
  epoch: z
    .string('errors.invalid')
    .max(64, 'errors.invalid')
    .optional()
    .meta({ description: 'The epoch of the last response. If it is outdated, the response says `reset`.' }),
});

/** Somebody to whom the tasks of a list may be assigned. */
export const assignableSchema = person.meta({ id: 'Assignable', description: 'Somebody who can be assigned a task.' });
