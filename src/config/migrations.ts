import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorReason, isUnreachable } from '../database/errors.ts';
import type { Sequelize } from 'sequelize';
import type { Logger } from '../lib/logger.ts';
import { migrate, pendingMigrations, UnknownMigrationError } from '../lib/migrator.ts';
import type { Connection } from './connection.ts';
import { createSequelize } from './database.ts';
import { projectDir, type DatabaseSettings, type Settings } from './env.ts';
import { databaseError, StartupError } from './startup-errors.ts';

export const migrationsDir = path.join(projectDir, 'migrations');

/**
 * Runs the pending migrations.
 * @returns their names
 * @throws StartupError for a database of a newer version, or of a development version before the first release
 */
export async function migrateDatabase(connection: Connection, settings: DatabaseSettings): Promise<string[]> {
  return onMigrations(connection, settings, migrate);
}

async function onMigrations(
  connection: Connection,
  settings: DatabaseSettings,
  work: (sequelize: Sequelize, folder: string) => Promise<string[]>,
): Promise<string[]> {
  const sequelize = createSequelize(connection, { ...settings, dbPoolMax: 1 }, { patient: true });
  try {
    return await work(sequelize, migrationsDir);
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
 * Runs the pending migrations once the database is reachable, or with MIGRATE_AT_START=off waits until somebody has run
 * them; returns early when `signal` aborts.
 * @throws StartupError or another error that retrying cannot solve
 */
export async function migrateWhenReachable(
  connection: Connection,
  settings: Settings,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  let reported = false;
  for (let pause = RETRY_MS.first; !signal.aborted; pause = Math.min(pause * 2, RETRY_MS.longest)) {
    try {
      if (settings.migrateAtStart) {
        const ran = await migrateDatabase(connection, settings);
        if (ran.length > 0) log.info({ migrations: ran }, 'migrated');
        return;
      }
      const pending = await onMigrations(connection, settings, pendingMigrations);
      if (pending.length === 0) return;
      if (!reported)
        log.warn(
          { pending },
          'migrations are pending and MIGRATE_AT_START is off: run `npm run migrate`; waiting for it',
        );
      reported = true;
    } catch (error) {
      if (!isUnreachable(error)) throw databaseError(error);
      log.warn({ reason: errorReason(error) }, 'database unreachable, will retry');
    }
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
