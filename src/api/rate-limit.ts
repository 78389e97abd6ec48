import type { Application, Request, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from '../lib/http-error.ts';
import { ipPrefix } from '../lib/ip-prefix.ts';

/** Requests per minute of a token, or of an address without a token; each process counts its own. */
const LIMIT = { points: 600, duration: 60 };
const limiters = new WeakMap<Application['locals'], RateLimiterMemory>();

/**
 * Counts the request and sets the headers of draft-ietf-httpapi-ratelimit-headers-10.
 * @throws HttpError 429
 */
export async function limitRate(req: Request, res: Response): Promise<void> {
  if (!req.app.locals.settings.rateLimits) return;
  const { token } = res.locals as Partial<Express.Locals>;
  const limiter = limiterOf(req.app);
  const result = await limiter
    .consume(token ? `token ${String(token.id)}` : `address ${ipPrefix(req.ip)}`)
    .catch(exceeded);
  const seconds = Math.ceil(result.msBeforeNext / 1000);
  res.set({
    'RateLimit-Policy': `"requests";q=${String(limiter.points)};w=${String(limiter.duration)}`,
    RateLimit: `"requests";r=${String(result.remainingPoints)};t=${String(seconds)}`,
  });
  if (result.consumedPoints > limiter.points) throw tooManyRequests(seconds);
}

/** Of the application, because the ids of tokens are those of its database. */
function limiterOf({ locals }: Application): RateLimiterMemory {
  const limiter = limiters.get(locals) ?? new RateLimiterMemory(LIMIT);
  limiters.set(locals, limiter);
  return limiter;
}

/** The limiter rejects with its result when the limit is exceeded. */
function exceeded(error: unknown): RateLimiterRes {
  if (error instanceof RateLimiterRes) return error;
  throw error;
}
