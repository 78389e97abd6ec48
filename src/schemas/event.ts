/**
 * The messages of sockets: what a tab or program sends is validated by them, what it receives is documented by them,
 * and the compiler holds them to the types in shared/events.ts.
 */
import { z } from 'zod';
import { recordId } from '../lib/parse.ts';
import {
  sessionEnds,
  taskEventNames,
  type CatchUpAnswer,
  type ListEvent,
  type Positions,
  type ServerToTab,
} from '../shared/events.ts';
import { labelSchema } from './category.ts';
import { person, url } from './shared.ts';
import { includedParts, taskFields } from './task.ts';

export const position = {
  epoch: z
    .string()
    .meta({ description: 'Identifies the numbering; a different epoch means that it has started over.' }),
  version: z.int().meta({ description: 'The number of the last change of the list; without gaps.' }),
};
const byListId = <Value extends z.ZodType>(value: Value) => z.record(z.string(), value);

const announced = {
  list: z.object({ id: z.int(), ...position }).meta({
    id: 'Announced',
    description: 'The list, and the number of this change in it: the last one plus one, or something was missed.',
  }),
  actor: person.nullable().meta({ description: 'Who did it; null if nobody did, or if the account was deleted.' }),
};

const gone = z
  .object({ id: z.int(), revision: z.int(), gone: z.literal(true), ...announced })
  .meta({ id: 'Gone', description: 'It is no longer in this list: deleted or moved. No event says more about it.' });

const taskEvent = z
  .object({
    ...taskFields,
    ...includedParts,
    textRevision: z.int().meta({ description: 'Incremented when description, notes or due date change.' }),
    parts: z
      .array(z.object({ text: z.string(), href: z.string().optional(), found: z.boolean().optional() }))
      .optional()
      .meta({ description: 'The description in pieces, if it has links.' }),
    ...announced,
  })
  .meta({
    id: 'TaskEvent',
    description: 'The task as `GET /tasks/{id}?include=categories,user,assignee` returns it, whatever the event is.',
  });

const categoryEvent = z.object({ ...labelSchema.shape, url, ...announced }).meta({
  id: 'CategoryEvent',
  description: 'The category as tasks carry it; tasks that have it do not change with it.',
});
const listEvent = z
  .object({ id: z.int(), name: z.string(), url, ...announced })
  .meta({ id: 'ListEvent', description: 'A list has the name of its team.' });
const memberEvent = z.object({ ...person.shape, ...announced }).meta({ id: 'MemberEvent' });

const task = z.union([taskEvent, gone]);
const category = z.union([categoryEvent, gone]);

type Message<Name extends keyof ServerToTab> = Parameters<ServerToTab[Name]>[0];
type Messages = { [Name in keyof ServerToTab]: { summary: string; payload: z.ZodType<Message<Name>> } };

/** What the server sends, by name. */
export const serverMessages: Messages = {
  new_task: { summary: 'A task was created, or moved into the list.', payload: task },
  task_updated: { summary: 'Anything about a task has changed, completion and categories included.', payload: task },
  task_deleted: { summary: 'A task was moved to the trash, or out of the list.', payload: task },
  task_restored: { summary: 'A task was restored from the trash.', payload: task },
  task_purged: { summary: 'A task was deleted for good.', payload: task },
  category_changed: { summary: 'A category was created, changed or deleted.', payload: category },
  list_renamed: { summary: 'The team of the list was renamed.', payload: listEvent },
  member_joined: { summary: 'A person has joined the team of the list.', payload: memberEvent },
  member_left: { summary: 'A person has left the team of the list, or was removed.', payload: memberEvent },
  list_versions: {
    summary:
      'Where the lists are, by list id: every 20 seconds, and instead of more than 50 changes at once. Whoever is ' +
      'behind sends `catch_up`.',
    payload: byListId(z.object(position)),
  },
  access_changed: {
    summary: 'You see more or fewer lists than before: read `GET /lists` again.',
    payload: z.record(z.string(), z.never()),
  },
  count_updated: {
    summary: 'The number of people who are connected to the lists that you see, on connecting and when it changes.',
    payload: z.object({ count: z.int() }),
  },
  inbox_updated: {
    summary: 'The number of unread items in your inbox, counted to 100, on connecting and when it changes.',
    payload: z.object({ unread: z.int() }),
  },
  session_ended: {
    summary: 'The token or session is no longer valid, and the connection closes. Connecting again is refused.',
    payload: z.object({ reason: z.enum(sessionEnds) }),
  },
  server_restarting: {
    summary: 'The connection is about to close. Connect again after a random delay of at most `withinMs`.',
    payload: z.object({ withinMs: z.int() }),
  },
};

const event = z
  .union([
    z.object({ name: z.enum(taskEventNames), payload: task }),
    z.object({ name: z.literal('category_changed'), payload: category }),
    z.object({ name: z.literal('list_renamed'), payload: listEvent }),
    z.object({ name: z.enum(['member_joined', 'member_left']), payload: memberEvent }),
  ])
  .meta({
    id: 'Event',
    description: 'A change of a list, as sockets receive it.',
  }) satisfies z.ZodType<ListEvent>;

/** The acknowledgement of `catch_up`, by list id. */
export const catchUpSchema = byListId(
  z.union([
    z.object({ ...position, events: z.array(event) }),
    z.object({
      ...position,
      reset: z.literal(true).meta({
        description: 'The events since that version are no longer kept, or are too many: read everything again.',
      }),
    }),
  ]),
).meta({
  id: 'CatchUp',
  description: 'By list id, what has happened in the list since. Lists that you do not see are left out.',
}) satisfies z.ZodType<CatchUpAnswer>;

/** The acknowledgement of what could not be answered. */
export const catchUpError = z.object({ error: z.enum(['invalid', 'busy', 'unavailable']) }).meta({
  id: 'CatchUpError',
  description:
    '`invalid`: malformed. `busy`: too many at once. `unavailable`: the database does not answer; try again later.',
});

/** What `catch_up` asks for: the positions that the client holds, by list id. */
export const heldPositions = z
  .record(
    z.string().refine((key) => recordId.safeParse(key).success),
    z.strictObject({ epoch: z.string().max(64), version: z.int().nonnegative() }),
  )
  .meta({
    id: 'Positions',
    description: 'By list id, the `epoch` and `version` that you hold.',
    example: { 12: { epoch: '5bd6b7a1c2f04d3e', version: 41 } },
  }) satisfies z.ZodType<Positions>;
