import {
  DataTypes,
  Model,
  Op,
  literal,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { announce } from '../../events/index.ts';
import { notFound } from '../../lib/http-error.ts';
import { prepared } from '../../database/sql.ts';
import {
  inboxItem,
  inboxOf,
  readShown,
  readUntil,
  unreadOf,
  type InboxCursor,
  type InboxItem,
  type Shown,
} from './inbox.ts';
import { markedBy, type MarkedFilters, type MarkedTask } from './followed-tasks.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import { feedsOf, type Viewer } from '../../database/visible-lists.ts';

/** A user follows a task; the database's triggers say when there is something unread. */
export class TaskMark extends Model<InferAttributes<TaskMark>, InferCreationAttributes<TaskMark>> {
  declare id: CreationOptional<number>;
  declare userId: number;
  declare taskId: number;
  declare read: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  /** Of an unread one: when the task was news last. */
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

  /** Follows a task that the viewer sees. @returns the mark that is there now, and whether it is new @throws HttpError 404 */
  static async follow(viewer: Viewer, taskId: number): Promise<{ mark: TaskMark; isNew: boolean }> {
    const made = await prepared(TaskMark.sequelize!, 'mark-follow', FOLLOW, [viewer.id, taskId]);
    const mark = await TaskMark.findOne({ where: { userId: viewer.id, taskId }, rejectOnEmpty: notFound() });
    return { mark, isNew: made.length > 0 };
  }

  static async unfollow(viewer: Viewer, taskId: number): Promise<void> {
    if ((await TaskMark.destroy({ where: { userId: viewer.id, taskId } })) > 0) tell(viewer);
  }

  /** @returns null where it is not there, somebody else's, or of a task that the viewer does not see */
  static owned(viewer: Viewer, id: number): Promise<TaskMark | null> {
    const seen = literal(
      `EXISTS (SELECT FROM tasks WHERE tasks.id = "TaskMark".task_id AND tasks.feed_id IN ${feedsOf('"TaskMark".user_id')})`,
    );
    return TaskMark.findOne({ where: { [Op.and]: [{ id, userId: viewer.id }, seen] } });
  }

  /** What the viewer follows and others have changed since it was read, what was news last on top. */
  static inbox(
    viewer: Viewer,
    after: InboxCursor | null,
    size: number,
  ): Promise<{ items: InboxItem[]; next: InboxCursor | null }> {
    return inboxOf(TaskMark.sequelize!, viewer, after, size);
  }

  /** One task as the inbox shows it, read or not. @returns null where the viewer does not follow it, or does not see it */
  static item(viewer: Viewer, taskId: number): Promise<InboxItem | null> {
    return inboxItem(TaskMark.sequelize!, viewer, taskId);
  }

  /** How many are unread, counted to 100. */
  static async unread(viewer: Viewer): Promise<number> {
    const [row] = await TaskMark.unreadOf([viewer.id]);
    return row?.unread ?? 0;
  }

  /** The same of many users at once. */
  static unreadOf(userIds: number[]): Promise<{ userId: number; unread: number }[]> {
    return unreadOf(TaskMark.sequelize!, userIds);
  }

  /** The tasks that the viewer follows, the task that was written last on top. @param after the id of a task */
  static tasks(viewer: Viewer, filters: MarkedFilters, after: number | null, size: number): Promise<MarkedTask[]> {
    return markedBy(TaskMark.sequelize!, viewer, filters, after, size);
  }

  /** Marks a task as read, if the viewer follows it. */
  static async read(viewer: Viewer, taskId: number): Promise<void> {
    const [changed] = await TaskMark.update({ read: true }, { where: { userId: viewer.id, taskId, read: false } });
    if (changed > 0) tell(viewer);
  }

  /** Marks what was shown as read; what has been news again since stays unread. */
  static readShown(viewer: Viewer, shown: Shown[]): Promise<void> {
    return unitOfWork(TaskMark.sequelize!, viewer.id, async () => {
      if ((await readShown(TaskMark.sequelize!, viewer, shown)) > 0) tell(viewer);
    });
  }

  /** Marks all as read that was news by then; what has been news since stays unread. */
  static readUntil(viewer: Viewer, until: Date): Promise<void> {
    return unitOfWork(TaskMark.sequelize!, viewer.id, async () => {
      if ((await readUntil(TaskMark.sequelize!, viewer, until)) > 0) tell(viewer);
    });
  }

  /** Sets whether there is something to read. @param viewer whose it is */
  async change(viewer: Viewer, { read }: { read: boolean }): Promise<TaskMark> {
    await this.update({ read });
    tell(viewer);
    return this;
  }

  async remove(viewer: Viewer): Promise<void> {
    await this.destroy();
    tell(viewer);
  }
}

/** The number beside the inbox may be another one. */
function tell({ id }: Viewer): void {
  afterCommit(() => {
    announce('inbox_changed', { userId: id });
  });
}

const FOLLOW = `
  INSERT INTO task_marks (user_id, task_id) SELECT $1, id FROM tasks
  WHERE id = $2 AND deleted_at IS NULL AND feed_id IN ${feedsOf('$1')} ON CONFLICT (user_id, task_id) DO NOTHING RETURNING id`;
