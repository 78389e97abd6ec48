import { DataTypes, Model, type CreationOptional, type InferAttributes, type InferCreationAttributes, type Sequelize } from 'sequelize';
import { notFound } from '../lib/http-error.ts';
import { prepared } from '../lib/prepared.ts';
import { taskColumns, taskJoins, type TaskRecord } from './task-record.ts';
import { unitOfWork } from './unit-of-work.ts';
import { feedsOf, type Viewer } from './viewer.ts';

/** A followed task with what happened to it last. */
export interface InboxItem extends TaskRecord {
  markId: number;
  read: boolean;
  changedAt: Date;
  eventName: string | null;
  changes: Record<string, [unknown, unknown]> | null;
  actorId: number | null;
  actorName: string | null;
}

/** A user follows a task; the database's triggers say when there is something unread. */
export class TaskMark extends Model<InferAttributes<TaskMark>, InferCreationAttributes<TaskMark>> {
  declare id: CreationOptional<number>;
  declare userId: number;
  declare taskId: number;
  declare read: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    TaskMark.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        userId: { type: DataTypes.INTEGER, allowNull: false },
        taskId: { type: DataTypes.INTEGER, allowNull: false },
        read: { type: DataTypes.BOOLEAN, defaultValue: true },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'task_marks' },
    );
  }

  /** Follows a task that the viewer sees. @returns the mark that is there now @throws HttpError 404 */
  static async follow(viewer: Viewer, taskId: number): Promise<TaskMark> {
    await prepared(TaskMark.sequelize!, 'mark-follow', FOLLOW, [viewer.id, taskId]);
    return TaskMark.findOne({ where: { userId: viewer.id, taskId }, rejectOnEmpty: notFound() });
  }

  static async unfollow(viewer: Viewer, taskId: number): Promise<void> {
    await TaskMark.destroy({ where: { userId: viewer.id, taskId } });
  }

  /** @returns null where it is not there or somebody else's */
  static owned(viewer: Viewer, id: number): Promise<TaskMark | null> {
    return TaskMark.findOne({ where: { id, userId: viewer.id } });
  }

  /** What the viewer follows and others have changed since it was read, newest first. */
  static inbox(viewer: Viewer, limit: number): Promise<InboxItem[]> {
    return prepared(TaskMark.sequelize!, 'mark-inbox', INBOX, [viewer.id, limit]);
  }

  /** How many are unread, counted to 100. */
  static async unread(viewer: Viewer): Promise<number> {
    const [row] = await prepared<{ count: number }>(TaskMark.sequelize!, 'mark-unread', UNREAD, [viewer.id]);
    return row?.count ?? 0;
  }

  /** @param taskIds of these tasks; all of them unless given */
  static async read(viewer: Viewer, taskIds?: number[]): Promise<void> {
    await unitOfWork(TaskMark.sequelize!, viewer.id, async () => {
      await TaskMark.update({ read: true }, { where: { userId: viewer.id, read: false, ...(taskIds && { taskId: taskIds }) } });
    });
  }
}

const FOLLOW = `
  INSERT INTO task_marks (user_id, task_id) SELECT $1, id FROM tasks
  WHERE id = $2 AND deleted_at IS NULL AND feed_id IN ${feedsOf('$1')} ON CONFLICT (user_id, task_id) DO NOTHING`;

const INBOX = `
  SELECT m.id AS "markId", m.read, e.created_at AS "changedAt", e.name AS "eventName", e.changes,
    e.actor_id AS "actorId", actor.name AS "actorName", ${taskColumns}
  FROM (SELECT * FROM task_marks WHERE user_id = $1 AND NOT read ORDER BY updated_at DESC LIMIT $2) m
  JOIN tasks t ON t.id = m.task_id AND t.deleted_at IS NULL AND t.feed_id IN ${feedsOf('$1')}
  LEFT JOIN LATERAL (
    SELECT * FROM events WHERE subject = 'task' AND subject_id = t.id AND feed_id = t.feed_id AND actor_id IS DISTINCT FROM $1
    ORDER BY version DESC LIMIT 1
  ) e ON true
  LEFT JOIN users actor ON actor.id = e.actor_id
  ${taskJoins}
  ORDER BY m.updated_at DESC, m.id DESC`;

const UNREAD = `
  SELECT count(*)::integer FROM (
    SELECT FROM task_marks m JOIN tasks t ON t.id = m.task_id AND t.deleted_at IS NULL AND t.feed_id IN ${feedsOf('$1')}
    WHERE m.user_id = $1 AND NOT m.read LIMIT 100
  ) counted`;
