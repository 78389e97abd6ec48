import type { Request } from 'express';
import type { Sequelize } from 'sequelize';
import { User } from '../models/index.ts';
import { Throttle } from '../models/session/throttle.ts';

const throttles = new WeakMap<Sequelize, Throttle>();

/** The counts of this application's database; RATE_LIMITS=off lets everything through. */
export function throttleOf(req: Request): Throttle {
  const sequelize = User.sequelize as Sequelize;
  const throttle = throttles.get(sequelize) ?? new Throttle(sequelize, req.app.locals.settings.rateLimits);
  throttles.set(sequelize, throttle);
  return throttle;
}
