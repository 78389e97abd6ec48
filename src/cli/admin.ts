/** Administration from the command line: `npm run admin -- <command> <email>`. */
import { parseArgs } from 'node:util';
import { openDatabase } from '../config/database.ts';
import { environment, readDatabaseSettings } from '../config/env.ts';
import { databaseError, formatStartupError } from '../config/startup-errors.ts';
import { errorCode } from '../database/errors.ts';
import { setBcryptCost } from '../lib/password.ts';
import type { User } from '../models/index.ts';
import { defineModels } from '../models/index.ts';
import { resetPassword } from '../models/user/password.ts';
import { findByEmail } from '../models/user/queries.ts';
import { demoteUser, disableUser, enableUser, promoteUser } from '../models/user/rights.ts';

type Command = (user: User, reason: string[]) => Promise<string>;

const commands: Record<string, Command> = {
  'reset-password': async (user) =>
    `${user.email} was signed out everywhere. The new password: ${await resetPassword(user)}`,
  promote: async (user) => {
    await promoteUser(user);
    return `${user.email} is now an administrator.`;
  },
  demote: async (user) => {
    await demoteUser(user);
    return `${user.email} is no longer an administrator.`;
  },
  disable: async (user, reason) => {
    await disableUser(user, reason.join(' ') || null, null);
    return `${user.email} was disabled and signed out everywhere.`;
  },
  enable: async (user) => {
    await enableUser(user);
    return `${user.email} can sign in again.`;
  },
};

/** SQLSTATE. */
const UNDEFINED_TABLE = '42P01';

const USAGE = `Usage:
  npm run admin -- reset-password <email>    sets a new password and ends every session
  npm run admin -- promote <email>           gives administrator rights
  npm run admin -- demote <email>            takes administrator rights away
  npm run admin -- disable <email> [reason]  disables the account and ends every session
  npm run admin -- enable <email>            enables the account again`;

process.exitCode = await main(process.argv.slice(2));

/** @returns the exit status */
async function main(args: string[]): Promise<number> {
  const [name = '', email, ...reason] = parseArgs({ args, allowPositionals: true, strict: false }).positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || !email) return fail(USAGE);
  try {
    return await run(command, email, reason);
  } catch (error) {
    if (errorCode(error) === UNDEFINED_TABLE)
      return fail('The database has no tables yet: start Taskwire once, or run `npm run migrate`.');
    return fail(formatStartupError(databaseError(error)));
  }
}

async function run(command: Command, email: string, reason: string[]): Promise<number> {
  const settings = readDatabaseSettings(environment());
  setBcryptCost(settings.bcryptCost);
  const database = await openDatabase(settings, () => undefined);
  try {
    defineModels(database.sequelize);
    const user = await findByEmail(email);
    if (!user) return fail(`No account has the email address ${email}.`);
    console.log(await command(user, reason));
    return 0;
  } finally {
    await database.close();
  }
}

function fail(sentence: string): number {
  console.error(sentence);
  return 1;
}
