import { setDatabase } from '../database/sql.ts';
import type { Sequelize } from 'sequelize';
import { ApiToken } from './api-token/api-token.ts';
import { AuditEntry } from './audit/audit-entry.ts';
import { Category } from './category/category.ts';
import { EmailChange } from './user/email-change.ts';
import { Event } from './event/event.ts';
import { List } from './list/list.ts';
import { IdempotencyKey } from './api-token/idempotency-key.ts';
import { Invitation } from './team/invitation.ts';
import { Mail } from './mail/mail.ts';
import { Membership } from './team/membership.ts';
import { PendingRegistration } from './user/pending-registration.ts';
import { PasswordReset } from './user/password-reset.ts';
import { Presence } from './presence/presence.ts';
import { Session } from './session/session.ts';
import { TaskCategory } from './category/task-category.ts';
import { Follow } from './follow/follow.ts';
import { Task } from './task/task.ts';
import { Team } from './team/team.ts';
import { User } from './user/user.ts';

export {
  ApiToken,
  AuditEntry,
  Category,
  EmailChange,
  Event,
  List,
  IdempotencyKey,
  Invitation,
  Mail,
  Membership,
  PasswordReset,
  PendingRegistration,
  Presence,
  Session,
  Task,
  TaskCategory,
  Follow,
  Team,
  User,
};

/** Defines every model on this connection and wires their associations: the one place where models meet. */
export function defineModels(sequelize: Sequelize): void {
  setDatabase(sequelize);
  for (const model of [
    User,
    List,
    Task,
    Category,
    TaskCategory,
    Event,
    Session,
    ApiToken,
    IdempotencyKey,
    Team,
    Membership,
    Invitation,
    Mail,
    PasswordReset,
    PendingRegistration,
    EmailChange,
    Follow,
    Presence,
    AuditEntry,
  ])
    model.define(sequelize);

  User.hasOne(List, { as: 'list', foreignKey: 'userId' });
  User.hasMany(Task, { as: 'tasks', foreignKey: 'userId' });
  User.hasMany(Session, { as: 'sessions', foreignKey: 'userId' });
  Session.belongsTo(User, { as: 'user', foreignKey: 'userId' });
  User.hasMany(ApiToken, { as: 'apiTokens', foreignKey: 'userId' });
  ApiToken.belongsTo(User, { as: 'user', foreignKey: 'userId' });

  List.belongsTo(User, { as: 'user', foreignKey: 'userId' });
  List.hasMany(Task, { as: 'tasks', foreignKey: 'listId' });
  List.hasMany(Category, { as: 'categories', foreignKey: 'listId' });
  List.hasMany(Event, { as: 'events', foreignKey: 'listId' });

  User.belongsToMany(Team, { as: 'teams', through: Membership, foreignKey: 'userId', otherKey: 'teamId' });
  Team.belongsToMany(User, { as: 'members', through: Membership, foreignKey: 'teamId', otherKey: 'userId' });
  Team.hasOne(List, { as: 'list', foreignKey: 'teamId' });
  Team.hasMany(Membership, { as: 'memberships', foreignKey: 'teamId' });
  Team.hasMany(Invitation, { as: 'invitations', foreignKey: 'teamId' });
  List.belongsTo(Team, { as: 'team', foreignKey: 'teamId' });
  Invitation.belongsTo(Team, { as: 'team', foreignKey: 'teamId' });

  Task.belongsTo(List, { as: 'list', foreignKey: 'listId' });
  Task.belongsTo(User, { as: 'user', foreignKey: 'userId' });
  Task.belongsTo(User, { as: 'assignee', foreignKey: 'assigneeId' });
  Task.belongsToMany(Category, {
    as: 'categories',
    through: TaskCategory,
    foreignKey: 'taskId',
    otherKey: 'categoryId',
  });
  Task.hasMany(Follow, { as: 'follows', foreignKey: 'taskId' });
  Task.belongsToMany(User, { as: 'followers', through: Follow, foreignKey: 'taskId', otherKey: 'userId' });
  User.belongsToMany(Task, { as: 'followedTasks', through: Follow, foreignKey: 'userId', otherKey: 'taskId' });
  Follow.belongsTo(Task, { as: 'task', foreignKey: 'taskId' });
  Category.belongsTo(List, { as: 'list', foreignKey: 'listId' });
  Category.belongsToMany(Task, { as: 'tasks', through: TaskCategory, foreignKey: 'categoryId', otherKey: 'taskId' });
  Event.belongsTo(List, { as: 'list', foreignKey: 'listId' });
}
