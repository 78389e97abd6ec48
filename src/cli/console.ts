/** `npm run console`: a prompt with the models on the database, `await Task.count()` and the like. */
import repl from 'node:repl';
import { openDatabase } from '../config/database.ts';
import { environment, projectDir, readBcryptCost, readDatabaseSettings } from '../config/env.ts';
import { formatStartupError } from '../config/startup-errors.ts';
import { setBcryptCost } from '../lib/password.ts';
import * as models from '../models/index.ts';
import { unitOfWork } from '../database/transaction.ts';

async function main(): Promise<void> {
  setBcryptCost(readBcryptCost(environment()));
  const database = await openDatabase(readDatabaseSettings(environment()), () => undefined);
  const { defineModels, ...classes } = models;
  defineModels(database.sequelize);
  console.log(`${Object.keys(classes).join(', ')}, sequelize, unitOfWork; .exit ends.`);

  const prompt = repl.start({ prompt: 'taskwire> ' });
  prompt.setupHistory(`${projectDir}/.cache/console-history`, () => undefined);
  Object.assign(prompt.context, classes, { sequelize: database.sequelize, unitOfWork });
  prompt.once('exit', () => void database.close().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  console.error(formatStartupError(error));
  process.exit(1);
});
