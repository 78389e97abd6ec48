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
import { NotFoundError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
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
import { followers, type FollowedTaskFilters, type FollowedTask } from './followed-tasks.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** A user follows a task; the database's triggers say when there is something unread. */
export class Follow extends Model<InferAttributes<Follow>, InferCreationAttributes<Follow>> {
  declare id: CreationOptional<number>;
  declare userId: number;
  declare taskId: number;
  declare read: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  /** Of an unread one: when the task was news last. */
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Follow.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        userId: { type: DataTypes.INTEGER, allowNull: false },
        taskId: { type: DataTypes.INTEGER, allowNull: false },
        read: { type: DataTypes.BOOLEAN, defaultValue: true },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'follows' },
    );
  }

  /** Follows a task that the viewer sees. @returns the follow that is there now, and whether it is new @throws NotFoundError */
  static async follow(viewer: Viewer, taskId: number): Promise<{ follow: Follow; isNew: boolean }> {
    const made = await sql(FOLLOW, [viewer.id, taskId]);
    const follow = await Follow.findOne({ where: { userId: viewer.id, taskId }, rejectOnEmpty: new NotFoundError() });
    return { follow, isNew: made.length > 0 };
  }

  static async unfollow(viewer: Viewer, taskId: number): Promise<void> {
    if ((await Follow.destroy({ where: { userId: viewer.id, taskId } })) > 0) tell(viewer);
  }

  /** @returns null where it is not there, somebody else's, or of a task that the viewer does not see */
  static owned(viewer: Viewer, id: number): Promise<Follow | null> {
    const seen = literal(
      `EXISTS (SELECT FROM tasks WHERE tasks.id = "Follow".task_id AND tasks.list_id IN ${visibleListIds('"Follow".user_id')})`,
    );
    return Follow.findOne({ where: { [Op.and]: [{ id, userId: viewer.id }, seen] } });
  }

  /** What the viewer follows and others have changed since it was read, what was news last on top. */
  static inbox(
    viewer: Viewer,
    after: InboxCursor | null,
    size: number,
  ): Promise<{ items: InboxItem[]; next: InboxCursor | null }> {
    return inboxOf(viewer, after, size);
  }

  /** One task as the inbox shows it, read or not. @returns null where the viewer does not follow it, or does not see it */
  static item(viewer: Viewer, taskId: number): Promise<InboxItem | null> {
    return inboxItem(viewer, taskId);
  }

  /** How many are unread, counted to 100. */
  static async unread(viewer: Viewer): Promise<number> {
    const [row] = await Follow.unreadOf([viewer.id]);
    return row?.unread ?? 0;
  }

  /** The same of many users at once. */
  static unreadOf(userIds: number[]): Promise<{ userId: number; unread: number }[]> {
    return unreadOf(userIds);
  }

  /** The tasks that the viewer follows, the task that was written last on top. @param after the id of a task */
  static tasks(
    viewer: Viewer,
    filters: FollowedTaskFilters,
    after: number | null,
    size: number,
  ): Promise<FollowedTask[]> {
    return followers(viewer, filters, after, size);
  }

  /** Marks a task as read, if the viewer follows it. */
  static async read(viewer: Viewer, taskId: number): Promise<void> {
    const [changed] = await Follow.update({ read: true }, { where: { userId: viewer.id, taskId, read: false } });
    if (changed > 0) tell(viewer);
  }

  /** Marks what was shown as read; what has been news again since stays unread. */
  static readShown(viewer: Viewer, shown: Shown[]): Promise<void> {
    return unitOfWork(viewer.id, async () => {
      if ((await readShown(viewer, shown)) > 0) tell(viewer);
    });
  }

  /** Marks all as read that was news by then; what has been news since stays unread. */
  static readUntil(viewer: Viewer, until: Date): Promise<void> {
    return unitOfWork(viewer.id, async () => {
      if ((await readUntil(viewer, until)) > 0) tell(viewer);
    });
  }

  /** Sets whether there is something to read. @param viewer whose it is */
  async change(viewer: Viewer, { read }: { read: boolean }): Promise<Follow> {
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
  INSERT INTO follows (user_id, task_id) SELECT $1, id FROM tasks
  WHERE id = $2 AND deleted_at IS NULL AND list_id IN ${visibleListIds('$1')} ON CONFLICT (user_id, task_id) DO NOTHING RETURNING id`;
