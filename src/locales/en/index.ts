import accounts from './accounts.ts';
import activity from './activity.ts';
import admin from './admin.ts';
import categories from './categories.ts';
import errors from './errors.ts';
import imports from './imports.ts';
import inbox from './inbox.ts';
import live from './live.ts';
import mails from './mails.ts';
import row from './row.ts';
import shared from './shared.ts';
import tasks from './tasks.ts';
import teams from './teams.ts';

export const en = {
  accounts,
  activity,
  admin,
  categories,
  errors,
  imports,
  inbox,
  live,
  mails,
  row,
  shared,
  tasks,
  teams,
};
