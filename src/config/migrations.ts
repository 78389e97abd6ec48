import path from 'node:path';
import { migrate } from '../lib/migrator.ts';
import type { Connection } from './connection.ts';
import { createSequelize } from './database.ts';
import { projectDir, type DatabaseSettings } from './env.ts';

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
