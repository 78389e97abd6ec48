import { RateLimitError } from '../../lib/errors.ts';
import { FairQueue } from '../../lib/fair-queue.ts';

/** A file of the largest size takes some hundred MB while it is read: two at a time, and of a person one after the other. */
export const importTurns = new FairQueue(2, 3, () => new RateLimitError(10));
