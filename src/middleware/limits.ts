/** What one requester may use: attempts, requests in a minute, and requests at once. */
import type { Request, RequestHandler } from 'express';
import type { Sequelize } from 'sequelize';
import { connectionShares } from '../database/connection-shares.ts';
import { database } from '../database/sql.ts';
import { RateLimitError } from '../lib/errors.ts';
import { FairQueue, unlimited } from '../lib/fair-queue.ts';
import { tooManyRequests } from '../lib/http-error.ts';
import { ipPrefix } from '../lib/ip-prefix.ts';
import { withPriority } from '../lib/yielding.ts';
import { Throttle } from '../models/session/throttle.ts';

/** What requests are counted by: the person, or the network of somebody who is not signed in. */
export const requesterKey = (userId: number | undefined, address: string | undefined): string =>
  userId === undefined ? `network ${ipPrefix(address)}` : `user ${String(userId)}`;

/**
 * So wide that nobody reaches it by hand: it keeps a runaway script from slowing down everybody else.
 * @throws HttpError 429
 */
export const limitPages: RequestHandler = (req, res, next) => {
  const state = throttleOf(req).pageRequests?.count(requesterKey(res.locals.viewer?.id, req.ip));
  if (state?.isOver) throw tooManyRequests(state.resetSeconds);
  next();
};

const requests = new FairQueue(
  () => unlimited,
  100,
  () => new RateLimitError(5),
  () => connectionShares().requestsOfOne,
);

/**
 * Requests of one person take turns, a few at a time, so that a hundred at once leave others their connections to the
 * database. Heavy work steps aside for each.
 * @throws RateLimitError
 */
export const inTurn = <T>(userId: number, answer: () => Promise<T>): Promise<T> =>
  requests.run(userId, () => withPriority(answer));

/** Waits for the turn of a signed-in person, which ends with the response. @throws RateLimitError */
export const takeTurn: RequestHandler = (_req, res, next) => {
  const { viewer } = res.locals;
  if (!viewer) {
    next();
    return;
  }
  const respond = (): Promise<void> =>
    new Promise((resolve) => {
      if (res.closed) resolve();
      else res.once('close', resolve);
      next();
    });
  inTurn(viewer.id, respond).catch(next);
};

const throttles = new WeakMap<Sequelize, Throttle>();

/** The throttle of the application's database; with RATE_LIMITS=off it allows everything. */
export function throttleOf(req: Request): Throttle {
  const sequelize = database();
  const throttle = throttles.get(sequelize) ?? new Throttle(sequelize, req.app.locals.settings.rateLimits);
  throttles.set(sequelize, throttle);
  return throttle;
}
