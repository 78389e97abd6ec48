import { connectionOf } from '../../src/config/connection.ts';
import { createSequelize } from '../../src/config/database.ts';
import { readDatabaseSettings, type Settings } from '../../src/config/env.ts';
import { migrateDatabase } from '../../src/config/migrations.ts';
import { defineModels } from '../../src/models/index.ts';
import { createPerson, type Person } from './world.ts';

/** Shared by a server process and the test that signs people in to it. */
export const SESSION_SECRET = 'a secret for tests only';

/** Migrates a database and connects this process's models to it, to create people who use a server in another process. */
export async function openWorldOf(
  databaseUrl: string,
): Promise<{ person(name: string, url: string): Promise<Person>; close(): Promise<void> }> {
  const settings = readDatabaseSettings({ DATABASE_URL: databaseUrl, DATABASE_SSL: 'off' });
  const connection = connectionOf(databaseUrl, 'off');
  await migrateDatabase(connection, settings);
  const sequelize = createSequelize(connection, settings);
  defineModels(sequelize);
  return {
    person: (name, url) =>
      createPerson({ url, settings: { ...settings, sessionSecret: SESSION_SECRET, https: false } as Settings }, name),
    close: () => sequelize.close(),
  };
}
