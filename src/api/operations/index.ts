import type { Operation } from '../operation.ts';
import {
  createCategory,
  deleteCategory,
  getCategory,
  listCategories,
  replaceCategory,
  updateCategory,
} from './categories.ts';
import { exportList } from './export.ts';
import { createFollow, deleteFollow, getFollow, listInbox, updateFollow } from './follows.ts';
import { importTasks } from './import.ts';
import { getList, listEvents, listLists } from './lists.ts';
import { getMe, updateMe } from './me.ts';
import { mergeTasks } from './merge.ts';
import { createTask, replaceTask, updateTask } from './task-writes.ts';
import { deleteTask, getTask, listTasks, restoreTask } from './tasks.ts';
import { login, logout } from './tokens.ts';
import { getUser, listUsers, updateUser } from './users.ts';

/** The API's table of contents; the names are the `operationId`s of the OpenAPI document. */
const byId = {
  login,
  logout,
  listTasks,
  createTask,
  getTask,
  updateTask,
  replaceTask,
  deleteTask,
  restoreTask,
  listCategories,
  createCategory,
  getCategory,
  updateCategory,
  replaceCategory,
  deleteCategory,
  listLists,
  getList,
  listEvents,
  listInbox,
  createFollow,
  getFollow,
  updateFollow,
  deleteFollow,
  getMe,
  updateMe,
  getUser,
  listUsers,
  updateUser,
  mergeTasks,
  importTasks,
  exportList,
};

export const operations: readonly (Operation & { id: string })[] = Object.entries(byId).map(([id, operation]) => ({
  id,
  ...operation,
}));
