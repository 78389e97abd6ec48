/** `npm run console`: a prompt with models, commands and queries: `await Task.count()`, `await findTasks(…)`. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import repl from 'node:repl';
import { pathToFileURL } from 'node:url';
import { openDatabase } from '../config/database.ts';
import { environment, projectDir, readBcryptCost, readDatabaseSettings } from '../config/env.ts';
import { formatStartupError } from '../config/startup-errors.ts';
import { unitOfWork } from '../database/transaction.ts';
import { setBcryptCost } from '../lib/password.ts';
import * as models from '../models/index.ts';
import { mergeTasks } from '../transfer/merge/index.ts';

const modelsDir = path.join(import.meta.dirname, '../models');

async function main(): Promise<void> {
  setBcryptCost(readBcryptCost(environment()));
  const database = await openDatabase(readDatabaseSettings(environment()), () => undefined);
  const { defineModels, ...classes } = models;
  defineModels(database.sequelize);
  const functions = { ...(await commandsAndQueries()), mergeTasks, unitOfWork };
  console.log(
    `${Object.keys(classes).join(', ')}, sequelize; functions: ${Object.keys(functions).join(', ')}; .exit ends.`,
  );

  const prompt = repl.start({ prompt: 'taskwire> ' });
  prompt.setupHistory(`${projectDir}/.cache/console-history`, () => undefined);
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
  console.error(formatStartupError(error));
  process.exit(1);
});
