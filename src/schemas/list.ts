import { z } from 'zod';
import { taskEventNames } from '../shared/events.ts';
import { person, url } from './shared.ts';

const position = {
  epoch: z
    .string()
    .meta({ description: 'Identifies the numbering; a different epoch means that it has started over.' }),
  version: z.int().meta({ description: 'The number of the last change of the list; without gaps.' }),
};

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

const eventSchema = z
  .object({
    name: z.enum([...taskEventNames, 'category_changed', 'member_joined', 'member_left']),
    payload: z
      .looseObject({
        id: z.int(),
        gone: z.literal(true).optional().meta({ description: 'It is no longer in this list.' }),
        list: z.object({ id: z.int(), ...position }),
        actor: person.nullable(),
      })
      .meta({ description: 'The task, category or person as it is now, or `gone`.' }),
  })
  .meta({ id: 'Event', description: 'A change of a list, as sockets receive it.' });

const catchUp = z.union([
  z.object({ ...position, events: z.array(eventSchema) }),
  z.object({
    ...position,
    reset: z.literal(true).meta({
      description: 'The events since that version are no longer kept, or are too many: read everything again.',
    }),
  }),
]);

/** The acknowledgement of the socket's `catch_up`, by list id. */
export const catchUpSchema = z.record(z.string(), catchUp).meta({ id: 'CatchUp' });

/** The position of a client in one list, as a query. */
export const catchUpQuery = z.object({
  since: z
    .string('errors.since')
    .regex(/^\d{1,16}$/, 'errors.since')
    .transform(Number)
    .refine(Number.isSafeInteger, 'errors.since')
    .meta({ type: 'integer', description: 'Return the events after this version.', example: '0' }),
  epoch: z
    .string('errors.invalid')
    .max(64, 'errors.invalid')
    .optional()
    .meta({ description: 'The epoch of the last response. If it is outdated, the response says `reset`.' }),
});

/** Somebody to whom the tasks of a list may be assigned. */
export const assignableSchema = person.meta({ id: 'Assignable', description: 'Somebody who can be assigned a task.' });
