import { z } from 'zod';
import { notFound } from '../lib/http-error.ts';
import { Event } from '../models/index.ts';
import type { CatchUpAnswer } from '../shared/events.ts';
import { presentCatchUp } from '../presenters/event.ts';

/** Where somebody stands in a feed, as a query says it. */
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

/** What has happened in one feed since, for whoever has no socket: the socket's answer. @throws HttpError 404 */
export async function catchUpOn(
  userId: number,
  feedId: number,
  { since, epoch }: z.output<typeof heldQuery>,
): Promise<CatchUpAnswer> {
  const held = { [feedId]: { version: since, epoch } };
  const answer = presentCatchUp(await Event.since(userId, held), held);
  if (!answer[feedId]) throw notFound();
  return answer;
}
