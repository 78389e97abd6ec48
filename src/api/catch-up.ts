import { z } from 'zod';
import { notFound } from '../lib/http-error.ts';
import type { CatchUpAnswer } from '../shared/events.ts';
import { presentCatchUp } from '../presenters/event.ts';
import { eventsSince } from '../models/event/queries.ts';

/** Where somebody stands in a list, as a query says it. */
export const heldQuery = z.object({
  since: z
    .string('errors.since')
    .regex(/^\d{1,16}$/, 'errors.since')
    .transform(Number)
    .refine(Number.isSafeInteger, 'errors.since')
    .meta({ type: 'integer', description: 'The version after which to look.', example: '0' }),
  epoch: z
    .string('errors.invalid')
    .max(64, 'errors.invalid')
    .optional()
    .meta({ description: 'Of the last answer. Where it is another one now, the answer says `reset`.' }),
});

/** What has happened in one list since, for whoever has no socket: the socket's answer. @throws HttpError 404 */
export async function catchUpOn(
  userId: number,
  listId: number,
  { since, epoch }: z.output<typeof heldQuery>,
): Promise<CatchUpAnswer> {
  const held = { [listId]: { version: since, epoch } };
  const answer = presentCatchUp(await eventsSince(userId, held), held);
  if (!answer[listId]) throw notFound();
  return answer;
}
