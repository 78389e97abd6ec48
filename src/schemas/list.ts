import { z } from 'zod';
import { taskEventNames } from '../shared/events.ts';
import { url } from './shared.ts';

const position = {
  epoch: z.string().meta({ description: 'Another one means that the numbering has begun anew.' }),
  version: z.int().meta({ description: 'The number of the list’s last change; without gaps.' }),
};

export const listSchema = z
  .object({
    id: z.int(),
    url,
    name: z.string().nullable().meta({ description: 'Of the team; null for your personal list.' }),
    personal: z.boolean(),
    ...position,
    open: z.int().meta({ description: 'Tasks that are open now; 1000 stands for more.' }),
  })
  .meta({ id: 'List', description: 'Where tasks live and where their changes are announced.' });

const eventSchema = z
  .object({
    name: z.enum([...taskEventNames, 'category_changed', 'member_joined', 'member_left']),
    payload: z
      .looseObject({
        id: z.int(),
        gone: z.literal(true).optional().meta({ description: 'It is not in this list any more.' }),
        list: z.object({ id: z.int(), ...position }),
        actor: z.object({ id: z.int(), name: z.string() }).nullable(),
      })
      .meta({ description: 'The task, category or person as it is now, or `gone`.' }),
  })
  .meta({ id: 'Event', description: 'A change of a list, as open tabs get it.' });

const catchUp = z.union([
  z.object({ ...position, events: z.array(eventSchema) }),
  z.object({
    ...position,
    reset: z
      .literal(true)
      .meta({ description: 'What happened since is not kept any more, or too much: read everything again.' }),
  }),
]);

/** By the list's id, as a tab gets it. */
export const catchUpSchema = z.record(z.string(), catchUp).meta({ id: 'CatchUp' });
