/**
 * `npm run console`: a prompt with models, commands and queries: `await Task.count()`, `await findTasks(…)`. What was
 * typed is kept in DATA_DIR.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import repl from 'node:repl';
import { pathToFileURL } from 'node:url';
import { openDatabase } from '../config/database.ts';
import { environment, readDatabaseSettings } from '../config/env.ts';
import { databaseError, formatStartupError } from '../config/startup-errors.ts';
import { unitOfWork } from '../database/transaction.ts';
import { setBcryptCost } from '../lib/password.ts';
import * as models from '../models/index.ts';
import { mergeTasks } from '../transfer/merge/index.ts';

const modelsDir = path.join(import.meta.dirname, '../models');

async function main(): Promise<void> {
  const settings = readDatabaseSettings(environment());
  setBcryptCost(settings.bcryptCost);
  const database = await openDatabase(settings, () => undefined);
  await database.sequelize.authenticate();
  const { defineModels, ...classes } = models;
  defineModels(database.sequelize);
  const functions = { ...(await commandsAndQueries()), mergeTasks, unitOfWork };
  console.log(
    `${Object.keys(classes).join(', ')}, sequelize; functions: ${Object.keys(functions).join(', ')}; .exit ends.`,
  );

  const prompt = repl.start({ prompt: 'taskwire> ' });
  mkdirSync(settings.dataDir, { recursive: true });
  prompt.setupHistory(path.join(settings.dataDir, 'console-history'), (error) => {
    if (error) console.error(`The history of this console cannot be kept: ${error.message}`);
  });
  Object.assign(prompt.context, functions, classes, { sequelize: database.sequelize });
  prompt.once('exit', () => void database.close().then(() => process.exit(0)));
}

/** What the files beside the model classes export, by name. */
async function commandsAndQueries(): Promise<Record<string, unknown>> {
  const files = readdirSync(modelsDir, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.dirname(file) !== '.' && path.extname(file) === path.extname(import.meta.filename))
    .sort();
  const modules = await Promise.all(
    files.map((file) => import(pathToFileURL(path.join(modelsDir, file)).href) as Promise<Record<string, unknown>>),
  );
  const isClass = (value: unknown): boolean => /^class\b/.test(String(value));
  return Object.fromEntries(
    modules
      .flatMap((module) => Object.entries(module))
      .filter(([, value]) => typeof value === 'function' && !isClass(value)),
  );
}

main().catch((error: unknown) => {
  console.error(formatStartupError(databaseError(error)));
  process.exit(1);
});
