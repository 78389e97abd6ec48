import type { Operation } from '../operation.ts';
import {
  changePassword,
  confirmEmailChange,
  deleteMe,
  deleteSession,
  deleteSessions,
  deleteToken,
  listSessions,
  listTokens,
  requestEmailChange,
} from './account.ts';
import { listActivity } from './activity.ts';
import { listAudit, listMails, revealMailLink } from './admin.ts';
import {
  createCategory,
  deleteCategory,
  getCategory,
  listCategories,
  replaceCategory,
  updateCategory,
} from './categories.ts';
import { exportList } from './export.ts';
import { createFollow, deleteFollow, getFollow, listInbox, readInbox, updateFollow } from './follows.ts';
import { importTasks } from './import.ts';
import { acceptInvitation, createInvitation, deleteInvitation, listInvitations } from './invitations.ts';
import { getList, listAssignable, listEvents, listLists } from './lists.ts';
import { getMe, replaceMe, updateMe } from './me.ts';
import { mergeTasks } from './merge.ts';
import { createTask, replaceTask, updateTask } from './task-writes.ts';
import { deleteTask, getTask, listTasks, restoreTask } from './tasks.ts';
import {
  createTeam,
  deleteTeam,
  getMember,
  getTeam,
  listMembers,
  listTeams,
  removeMember,
  updateMember,
  updateTeam,
} from './teams.ts';
import { login, logout } from './tokens.ts';
import { getUser, listUsers, replaceUser, updateUser } from './users.ts';

/** The API's table of contents; the names are the `operationId`s of the OpenAPI document. */
const byId = {
  login,
  logout,
  listTokens,
  deleteToken,
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
  listAssignable,
  listEvents,
  listTeams,
  createTeam,
  getTeam,
  updateTeam,
  deleteTeam,
  listMembers,
  getMember,
  updateMember,
  removeMember,
  listInvitations,
  createInvitation,
  deleteInvitation,
  acceptInvitation,
  listActivity,
  listInbox,
  readInbox,
  createFollow,
  getFollow,
  updateFollow,
  deleteFollow,
  getMe,
  updateMe,
  replaceMe,
  changePassword,
  requestEmailChange,
  confirmEmailChange,
  deleteMe,
  listSessions,
  deleteSessions,
  deleteSession,
  getUser,
  listUsers,
  updateUser,
  replaceUser,
  listAudit,
  listMails,
  revealMailLink,
  mergeTasks,
  importTasks,
  exportList,
};

export const operations: readonly (Operation & { id: string })[] = Object.entries(byId).map(([id, operation]) => ({
  id,
  ...operation,
}));

/** The groups of operations, in the order of the documentation. */
export const tags: Record<string, string> = {
  Tokens: 'Programs sign in with tokens.',
  Tasks: 'Tasks, with those in the trash.',
  Categories: 'Coloured labels of a list.',
  Lists: 'Your personal list and those of your teams, and their changes in order.',
  Teams: 'Groups of people who share a list.',
  Invitations: 'How people join a team.',
  Activity: 'What has happened in your lists.',
  Follows: 'Followed tasks, and the inbox of what others changed in them.',
  Me: 'Your own account.',
  Sessions: 'The browsers in which you are signed in.',
  Users: 'Accounts, for administrators.',
  Administration: 'Audit log and mails, for administrators.',
  'Import and export': 'Lists as files.',
};
