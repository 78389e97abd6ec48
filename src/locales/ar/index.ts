import accounts from './accounts.ts';
import categories from './categories.ts';
import errors from './errors.ts';
import live from './live.ts';
import row from './row.ts';
import shared from './shared.ts';
import tasks from './tasks.ts';
import teams from './teams.ts';

export const ar = { accounts, categories, errors, live, row, shared, tasks, teams };
