import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isUnreachable } from '../database/errors.ts';
import type { Logger } from '../lib/logger.ts';
import { migrate, UnknownMigrationError } from '../lib/migrator.ts';
import type { Connection } from './connection.ts';
import { createSequelize } from './database.ts';
import { projectDir, type DatabaseSettings } from './env.ts';
import { databaseError, StartupError } from './startup-errors.ts';

export const migrationsDir = path.join(projectDir, 'migrations');

/**
 * Runs the pending migrations.
 * @returns their names
 * @throws StartupError for a database of a newer version, or of a development version before the first release
 */
export async function migrateDatabase(connection: Connection, settings: DatabaseSettings): Promise<string[]> {
  const sequelize = createSequelize(connection, { ...settings, dbPoolMax: 1 }, { patient: true });
  try {
    return await migrate(sequelize, migrationsDir);
  } catch (error) {
    if (error instanceof UnknownMigrationError) throw new StartupError(describeUnknownMigration(error), error);
    throw error;
  } finally {
    await sequelize.close();
  }
}

function describeUnknownMigration({ migration, newer }: UnknownMigrationError): string {
  const [origin, remedy] = newer
    ? ['was migrated by a newer version of Taskwire', 'start that version, or point DATABASE_URL at another database']
    : [
        'is from a development version before the first release',
        'move the data directory (.data) away, or point DATABASE_URL at an empty database',
      ];
  return `The database ${origin} (it has ${migration}): ${remedy}.`;
}

const RETRY_MS = { first: 100, longest: 2_000 };

/**
 * Runs the pending migrations once the database is reachable; returns early when `signal` aborts.
 * @throws StartupError or another error that retrying cannot solve
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
    } catch (error) {
      if (!isUnreachable(error)) throw databaseError(error);
      log.warn({ err: error }, 'database unreachable, will retry');
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
