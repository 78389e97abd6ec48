import { DataTypes, Model, Op, literal, type BelongsToManyGetAssociationsMixin, type BelongsToManySetAssociationsMixin, type CreationOptional, type InferAttributes, type InferCreationAttributes, type NonAttribute, type Sequelize } from 'sequelize';
import type { Cursor } from '../lib/cursor.ts';
import { prepared } from '../lib/prepared.ts';
import type { Priority } from '../shared/limits.ts';
import type { Category } from './category.ts';
import { mergeTasks } from './merge/index.ts';
import type { MergeAnswer, MergeDoc, MergeOptions } from './merge/options.ts';
import { taskHooks } from './task-announcements.ts';
import { pageOfTasks, type TaskFilters, type TaskPage } from './task-list.ts';
import { taskColumns, taskJoins, type TaskRecord } from './task-record.ts';
import { comeDue } from './task-window.ts';
import { reviseTask, writeTask, type NewTask, type TaskInput } from './task-writing.ts';
import { unitOfWork } from './unit-of-work.ts';
import { feedsOf, type Viewer } from './viewer.ts';

/** One thing to do. It belongs to one feed; the trash keeps it until it is restored or purged. */
export class Task extends Model<InferAttributes<Task>, InferCreationAttributes<Task>> {
  declare id: CreationOptional<number>;
  declare feedId: number;
  declare userId: number | null;
  declare assigneeId: CreationOptional<number | null>;
  declare description: string;
  declare notes: CreationOptional<string | null>;
  declare completedAt: CreationOptional<Date | null>;
  declare dueOn: CreationOptional<string | null>;
  declare priority: CreationOptional<Priority>;
  declare position: CreationOptional<number | null>;
  declare availableFrom: CreationOptional<Date | null>;
  declare availableUntil: CreationOptional<Date | null>;
  declare available: CreationOptional<boolean>;
  declare externalProvider: CreationOptional<string | null>;
  declare externalId: CreationOptional<string | null>;
  declare formKey: CreationOptional<string | null>;
  declare revision: CreationOptional<number>;
  declare textRevision: CreationOptional<number>;
  declare seed: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
  declare deletedAt: CreationOptional<Date | null>;
  declare categories?: NonAttribute<Category[]>;
  declare getCategories: BelongsToManyGetAssociationsMixin<Category>;
  declare setCategories: BelongsToManySetAssociationsMixin<Category, number>;

  static define(sequelize: Sequelize): void {
    Task.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        feedId: { type: DataTypes.INTEGER, allowNull: false },
        userId: DataTypes.INTEGER,
        assigneeId: DataTypes.INTEGER,
        description: { type: DataTypes.TEXT, allowNull: false },
        notes: DataTypes.TEXT,
        completedAt: DataTypes.DATE,
        dueOn: DataTypes.DATEONLY,
        priority: { type: DataTypes.SMALLINT, defaultValue: 0 },
        position: DataTypes.DOUBLE,
        availableFrom: DataTypes.DATE,
        availableUntil: DataTypes.DATE,
        available: { type: DataTypes.BOOLEAN, defaultValue: true },
        externalProvider: DataTypes.TEXT,
        externalId: DataTypes.TEXT,
        formKey: DataTypes.UUID,
        revision: { type: DataTypes.INTEGER, defaultValue: 1 },
        textRevision: { type: DataTypes.INTEGER, defaultValue: 1 },
        seed: { type: DataTypes.BOOLEAN, defaultValue: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
        deletedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'tasks', paranoid: true, hooks: taskHooks },
    );
  }

  /** One page of the viewer's tasks with authors and categories, as plain records. */
  static page(viewer: Viewer, filters: TaskFilters, after: Cursor | null = null, size?: number): Promise<TaskPage> {
    return pageOfTasks(Task.sequelize!, viewer, filters, after, size);
  }

  /** A task to look at, outside the trash, with author and categories. @returns null where it is not there or not the viewer's */
  static async record(viewer: Viewer, id: number): Promise<TaskRecord | null> {
    const text = `SELECT ${taskColumns} FROM tasks t ${taskJoins} WHERE t.id = $1 AND t.deleted_at IS NULL AND t.feed_id IN ${feedsOf('$2')}`;
    return (await prepared<TaskRecord>(Task.sequelize!, 'task-record', text, [id, viewer.id]))[0] ?? null;
  }

  /** A task to change. @returns null where it is not there or not the viewer's; a task in the trash only where `inTrash` */
  static visible(viewer: Viewer, id: number, { inTrash = false } = {}): Promise<Task | null> {
    const feedId = { [Op.in]: literal(feedsOf(Task.sequelize!.escape(viewer.id))) };
    return Task.findOne({ where: { id, feedId, ...(inTrash && { deletedAt: { [Op.ne]: null } }) }, paranoid: !inTrash });
  }

  /** Writes a task down in a feed of the viewer (`Feed.chosen`); a form sent again answers with the task that it made. */
  static write(viewer: Viewer, input: NewTask): Promise<Task> {
    return writeTask(Task, viewer, input);
  }

  /** Lets the time come of what has become available, or ceased to be, with nobody writing. @returns how many tasks have changed */
  static comeDue(): Promise<number> {
    return comeDue(Task.sequelize!);
  }

  /** Brings the tasks that a provider has in a feed to what its docs say. @throws InvalidInput with the index of each doc that is wrong */
  static merge<Doc extends MergeDoc>(viewer: Viewer, options: MergeOptions<Doc>): Promise<MergeAnswer> {
    return mergeTasks(Task.sequelize!, viewer, options);
  }

  /** Changes what people write. @throws EditConflict when the text has changed since `textRevision` */
  revise(viewer: Viewer, input: TaskInput, textRevision: number): Promise<Task> {
    return reviseTask(this, viewer, input, textRevision);
  }

  get completed(): NonAttribute<boolean> {
    return this.completedAt !== null;
  }

  complete(viewer: Viewer): Promise<Task> {
    return this.change(viewer, async () => {
      if (!this.completed) await this.update({ completedAt: new Date() }, { returning: true });
    });
  }

  reopen(viewer: Viewer): Promise<Task> {
    return this.change(viewer, async () => {
      if (this.completed) await this.update({ completedAt: null }, { returning: true });
    });
  }

  /** Moves the task to the trash. */
  trash(viewer: Viewer): Promise<Task> {
    return this.change(viewer, async () => {
      if (this.deletedAt === null) await this.destroy();
    });
  }

  /** Takes the task out of the trash. */
  putBack(viewer: Viewer): Promise<Task> {
    return this.change(viewer, async () => {
      if (this.deletedAt !== null) await this.restore();
    });
  }

  /** Removes the task for good, and what was written in it from its events. */
  purge(viewer: Viewer): Promise<Task> {
    return this.change(viewer, () => this.destroy({ force: true }));
  }

  /** A unit of work on this task as it is now, locked: tasks before feeds, always. */
  private change(viewer: Viewer, work: () => Promise<void>): Promise<Task> {
    return unitOfWork(Task.sequelize!, viewer.id, async (transaction) => {
      await this.reload({ lock: transaction.LOCK.NO_KEY_UPDATE, paranoid: false });
      await work();
      return this;
    });
  }
}
