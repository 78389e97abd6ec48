import type { Request } from 'express';
import type { Sequelize } from 'sequelize';
import { User } from '../models/index.ts';
import { Throttle } from '../models/session/throttle.ts';

const throttles = new WeakMap<Sequelize, Throttle>();

/** The throttle of the application's database; with RATE_LIMITS=off it allows everything. */
export function throttleOf(req: Request): Throttle {
  const sequelize = User.sequelize as Sequelize;
  const throttle = throttles.get(sequelize) ?? new Throttle(sequelize, req.app.locals.settings.rateLimits);
  throttles.set(sequelize, throttle);
  return throttle;
}
