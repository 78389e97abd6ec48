/** What only the operator may do, from the command line: `npm run admin -- <command> <email>`. */
import { parseArgs } from 'node:util';
import { openDatabase } from '../config/database.ts';
import { environment, readBcryptCost, readDatabaseSettings } from '../config/env.ts';
import { databaseError, formatStartupError } from '../config/startup-errors.ts';
import { errorCode } from '../database/errors.ts';
import { setBcryptCost } from '../lib/password.ts';
import { defineModels, User } from '../models/index.ts';

type Command = (user: User, words: string[]) => Promise<string>;

const commands: Record<string, Command> = {
  'reset-password': async (user) =>
    `${user.email} is signed out everywhere; the new password is: ${await user.resetPassword()}`,
  promote: async (user) => {
    await user.promote();
    return `${user.email} is an administrator now.`;
  },
  demote: async (user) => {
    await user.demote();
    return `${user.email} is no administrator any more.`;
  },
  disable: async (user, reason) => {
    await user.disable(reason.join(' ') || null, null);
    return `${user.email} is disabled, and signed out everywhere.`;
  },
  enable: async (user) => {
    await user.enable();
    return `${user.email} can sign in again.`;
  },
};

/** SQLSTATE. */
const UNDEFINED_TABLE = '42P01';

const USAGE = `Say what to do and for whom:
  npm run admin -- reset-password <email>    makes a new password and ends every session
  npm run admin -- promote <email>           makes an administrator
  npm run admin -- demote <email>            takes that from them
  npm run admin -- disable <email> [reason]  shuts somebody out, at once
  npm run admin -- enable <email>            lets them in again`;

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit status */
async function main(args: string[]): Promise<number> {
  const [name = '', email, ...words] = parseArgs({ args, allowPositionals: true, strict: false }).positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || !email) return fail(USAGE);
  try {
    return await run(command, email, words);
  } catch (error) {
    if (errorCode(error) === UNDEFINED_TABLE)
      return fail('The database has no tables yet: start Taskwire once, or run `npm run migrate`.');
    return fail(formatStartupError(databaseError(error)));
  }
}

async function run(command: Command, email: string, words: string[]): Promise<number> {
  setBcryptCost(readBcryptCost(environment()));
  const database = await openDatabase(readDatabaseSettings(environment()), () => undefined);
  try {
    defineModels(database.sequelize);
    const user = await User.findByEmail(email);
    if (!user) return fail(`Nobody has the email address ${email}.`);
    console.log(await command(user, words));
    return 0;
  } finally {
    await database.close();
  }
}

function fail(sentence: string): number {
  console.error(sentence);
  return 1;
}
