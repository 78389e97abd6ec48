import { setTimeout as after } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Sequelize } from 'sequelize';

/** A database that takes longer is not one to send people to. */
const PATIENCE_MS = 2_000;

/** The process is up; it says nothing of the database, so that a platform does not restart it for that. */
export const healthz: RequestHandler = (_req, res) => {
  res.type('text').send('ok\n');
};

/** The database is reachable and migrated: send people here. */
export function readyz(sequelize: Sequelize, ready: () => boolean): RequestHandler {
  return async (_req, res) => {
    const answers =
      ready() &&
      (await Promise.race([
        sequelize.query('SELECT 1').then(
          () => true,
          () => false,
        ),
        after(PATIENCE_MS, false, { ref: false }),
      ]));
    res
      .status(answers ? 200 : 503)
      .type('text')
      .send(answers ? 'ready\n' : 'not ready\n');
  };
}
