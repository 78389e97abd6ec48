import type { Request, Response } from 'express';
import { tooManyRequests } from '../lib/http-error.ts';
import { requesterKey, throttleOf } from '../middleware/limits.ts';

/**
 * Counts the request of a person, whatever token it comes with, or of a network without one, and sets the headers of
 * draft-ietf-httpapi-ratelimit-headers-10.
 * @throws HttpError 429
 */
export function limitRate(req: Request, res: Response): void {
  const rate = throttleOf(req).apiRequests;
  if (!rate) return;
  const { token } = res.locals as Partial<Express.Locals>;
  const { isOver, remaining, resetSeconds } = rate.count(requesterKey(token?.viewer.id, req.ip));
  res.set({
    'RateLimit-Policy': `"requests";q=${String(rate.limit)};w=${String(rate.seconds)}`,
    RateLimit: `"requests";r=${String(remaining)};t=${String(resetSeconds)}`,
  });
  if (isOver) throw tooManyRequests(resetSeconds);
}
