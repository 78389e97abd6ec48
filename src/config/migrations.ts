import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isUnreachable } from '../database/errors.ts';
import type { Logger } from '../lib/logger.ts';
import { migrate } from '../lib/migrator.ts';
import type { Connection } from './connection.ts';
import { createSequelize } from './database.ts';
import { projectDir, type DatabaseSettings } from './env.ts';
import { databaseFault } from './startup-errors.ts';

export const migrationsDir = path.join(projectDir, 'migrations');

/** Brings the database to this program's tables. @returns the names of the migrations that ran */
export async function migrateDatabase(connection: Connection, settings: DatabaseSettings): Promise<string[]> {
  const sequelize = createSequelize(connection, { ...settings, dbPoolMax: 1 }, { patient: true });
  try {
    return await migrate(sequelize, migrationsDir);
  } finally {
    await sequelize.close();
  }
}

const RETRY_MS = { first: 100, longest: 2_000 };

/**
 * Does so as soon as the database can be reached, unless `signal` comes first.
 * @throws StartError, or whatever else waiting does not mend
 */
export async function migrateWhenReachable(
  connection: Connection,
  settings: DatabaseSettings,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = RETRY_MS.first; !signal.aborted; pause = Math.min(pause * 2, RETRY_MS.longest)) {
    try {
      const ran = await migrateDatabase(connection, settings);
      if (ran.length > 0) log.info({ migrations: ran }, 'migrated');
      return;
    } catch (fault) {
      if (!isUnreachable(fault)) throw databaseFault(fault);
      log.warn({ err: fault }, 'the database cannot be reached yet: trying again');
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
