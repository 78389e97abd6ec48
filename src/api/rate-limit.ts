import type { Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from '../lib/http-error.ts';
import { ipPrefix } from '../lib/ip-prefix.ts';

/** Requests of one token, or of one address without a token, in a minute; each process counts for itself. */
const limiter = new RateLimiterMemory({ points: 600, duration: 60 });

/**
 * Counts a request and says in the answer what is left: the fields of draft-ietf-httpapi-ratelimit-headers-10.
 * @throws HttpError 429
 */
export async function countRequest(req: Request, res: Response): Promise<void> {
  if (!req.app.locals.settings.rateLimits) return;
  const { token } = res.locals as Partial<Express.Locals>;
  const result = await limiter
    .consume(token ? `token ${String(token.id)}` : `address ${ipPrefix(req.ip)}`)
    .catch(refusal);
  const seconds = Math.ceil(result.msBeforeNext / 1000);
  res.set({
    'RateLimit-Policy': `"requests";q=${String(limiter.points)};w=${String(limiter.duration)}`,
    RateLimit: `"requests";r=${String(result.remainingPoints)};t=${String(seconds)}`,
  });
  if (result.consumedPoints > limiter.points) throw tooManyRequests(seconds);
}

function refusal(error: unknown): RateLimiterRes {
  if (error instanceof RateLimiterRes) return error;
  throw error;
}
