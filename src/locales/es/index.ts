import accounts from './accounts.ts';
import activity from './activity.ts';
import categories from './categories.ts';
import errors from './errors.ts';
import imports from './imports.ts';
import live from './live.ts';
import row from './row.ts';
import shared from './shared.ts';
import tasks from './tasks.ts';
import teams from './teams.ts';

export const es = { accounts, activity, categories, errors, imports, live, row, shared, tasks, teams };
