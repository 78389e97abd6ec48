import type { Operation } from '../operation.ts';
import { patchCategory, putCategory } from './categories/change.ts';
import { listCategories } from './categories/list.ts';
import { readCategory, removeCategory, writeCategory } from './categories/one.ts';
import { exportList } from './export.ts';
import { listEvents } from './lists/events.ts';
import { listLists, readList } from './lists/lists.ts';
import { importTasks } from './import.ts';
import { listInbox } from './inbox.ts';
import { putFollow, readFollow, removeFollow, writeFollow } from './follows.ts';
import { patchMe, readMe } from './me.ts';
import { merge } from './merge.ts';
import { patchTask, putTask } from './tasks/change.ts';
import { listTasks } from './tasks/list.ts';
import { readTask } from './tasks/read.ts';
import { removeTask, restoreTask } from './tasks/remove.ts';
import { writeTask } from './tasks/write.ts';
import { login, logout } from './tokens.ts';
import { readUser } from './user-follows.ts';
import { listUsers, putUser } from './users.ts';

/** The API's table of contents. */
export const operations: readonly Operation[] = [
  login,
  logout,
  listTasks,
  writeTask,
  readTask,
  patchTask,
  putTask,
  removeTask,
  restoreTask,
  listCategories,
  writeCategory,
  readCategory,
  patchCategory,
  putCategory,
  removeCategory,
  listLists,
  readList,
  listEvents,
  listInbox,
  writeFollow,
  readFollow,
  putFollow,
  removeFollow,
  readMe,
  patchMe,
  readUser,
  listUsers,
  putUser,
  merge,
  importTasks,
  exportList,
];
