import { tooManyRequests } from '../../lib/http-error.ts';
import { Turns } from '../../lib/fair-queue.ts';

/** A file of the largest size takes some hundred MB while it is read: two at a time, and of a person one after the other. */
export const importTurns = new Turns(2, 3, () => tooManyRequests(10));
