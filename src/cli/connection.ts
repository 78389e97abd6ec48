import { startEmbeddedPostgres } from '../embedded-postgres/index.ts';
import { connectionOf } from '../config/connection.ts';
import { embeddedDatabase, sequelizeOptions } from '../config/database.ts';
import { environment, readDatabaseSettings } from '../config/env.ts';
import { formatStartupError } from '../config/startup-errors.ts';

/** For sequelize-cli. An embedded server that is started here stops with this process. */
export async function openConnection(): Promise<object> {
  try {
    const settings = readDatabaseSettings(environment());
    const connection = settings.databaseUrl
      ? connectionOf(settings.databaseUrl, settings.databaseSsl)
      : (await startEmbeddedPostgres(embeddedDatabase(settings))).connection;
    return {
      ...sequelizeOptions(connection),
      seederStorage: 'sequelize',
      logging: settings.logSql ? console.log : false,
    };
  } catch (error) {
    console.error(formatStartupError(error));
    process.exit(1);
  }
}
