import { setTimeout as after } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Sequelize } from 'sequelize';

/** A database slower than this counts as not ready. */
const TIMEOUT_MS = 2_000;

/**
 * Liveness: does not check the database, so that a platform does not restart the process when only the database is
 * down.
 */
export const healthz: RequestHandler = (_req, res) => {
  res.type('text').send('ok\n');
};

/** Readiness: the database is reachable and migrated. */
export function readyz(sequelize: Sequelize): RequestHandler {
  return async (req, res) => {
    const isReady =
      req.app.locals.ready &&
      (await Promise.race([
        sequelize.query('SELECT 1').then(
          () => true,
          () => false,
        ),
        after(TIMEOUT_MS, false, { ref: false }),
      ]));
    res
      .status(isReady ? 200 : 503)
      .type('text')
      .send(isReady ? 'ready\n' : 'not ready\n');
  };
}
