import {
  DataTypes,
  Model,
  Op,
  literal,
  type BelongsToManyGetAssociationsMixin,
  type BelongsToManySetAssociationsMixin,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type LOCK,
  type NonAttribute,
  type Sequelize,
} from 'sequelize';
import type { Cursor } from '../../database/cursor.ts';
import { sql } from '../../database/sql.ts';
import type { Priority } from '../../shared/limits.ts';
import type { Category } from '../category/category.ts';
import { mergeTasks } from '../../transfer/merge/index.ts';
import type { MergeAnswer, MergeDoc, MergeOptions } from '../../transfer/merge/options.ts';
import { taskHooks } from './announcements.ts';
import { changeTask, whileLocked, type TaskChanges, type Wanted } from './update.ts';
import { moveTask, type MoveResult } from './move.ts';
import { countTasks, pageOfTasks, type TaskFilters, type TaskPage } from './list-page.ts';
import { taskColumns, taskJoins, type TaskRecord } from './record.ts';
import { refreshAvailability } from './availability.ts';
import { reviseTask, writeTask, type NewTask, type TaskInput } from './create.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import { database } from '../../database/connection.ts';

/** One thing to do. It belongs to one list; the trash keeps it until it is restored or purged. */
export class Task extends Model<InferAttributes<Task>, InferCreationAttributes<Task>> {
  declare id: CreationOptional<number>;
  declare listId: number;
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
        listId: { type: DataTypes.INTEGER, allowNull: false },
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
    return pageOfTasks(viewer, filters, after, size);
  }

  /** How many of the viewer's tasks the filters find. */
  static total(viewer: Viewer, filters: TaskFilters): Promise<number> {
    return countTasks(viewer, filters);
  }

  /** A task to look at, with author, assignee and categories. @returns null where it is not there or not the viewer's, and in the trash unless asked for */
  static async record(viewer: Viewer, id: number, { inTrash = false } = {}): Promise<TaskRecord | null> {
    const text = `SELECT ${taskColumns} FROM tasks t ${taskJoins} WHERE t.id = $1 AND ($3 OR t.deleted_at IS NULL) AND t.list_id IN ${visibleListIds('$2')}`;
    return (await sql<TaskRecord>(text, [id, viewer.id, inTrash]))[0] ?? null;
  }

  /** A task to change. @returns null where it is not there or not the viewer's; `inTrash` says whether it must be in the trash, or may be */
  static visible(
    viewer: Viewer,
    id: number,
    { inTrash = false, lock }: { inTrash?: boolean | 'too'; lock?: LOCK } = {},
  ): Promise<Task | null> {
    const listId = { [Op.in]: literal(visibleListIds(database().escape(viewer.id))) };
    return Task.findOne({
      where: { id, listId, ...(inTrash === true && { deletedAt: { [Op.ne]: null } }) },
      paranoid: inTrash === false,
      ...(lock && { lock }),
    });
  }

  /** A unit of work on a task of the viewer as it is now, locked. @throws HttpError 404, 412 where it has another revision */
  static whileLocked<T>(viewer: Viewer, id: number, wanted: Wanted, work: (task: Task) => Promise<T>): Promise<T> {
    return whileLocked(viewer, id, wanted, work);
  }

  /** Writes a task down in a list of the viewer (`List.chosen`); a form sent again answers with the task that it made. */
  static write(viewer: Viewer, input: NewTask): Promise<Task> {
    return writeTask(viewer, input);
  }

  /** Lets the time come of tasks that it makes available, or no longer so. @returns how many have changed; until it is 0 there may be more */
  static refreshAvailability(): Promise<number> {
    return refreshAvailability();
  }

  /** Brings the tasks that a provider has in a list to what its docs say. @throws ValidationError with the index of each doc that is wrong */
  static merge<Doc extends MergeDoc>(viewer: Viewer, options: MergeOptions<Doc>): Promise<MergeAnswer> {
    return mergeTasks(viewer, options);
  }

  /** Changes what people write. @throws EditConflict when the text has changed since `textRevision` */
  revise(viewer: Viewer, input: TaskInput, textRevision: number): Promise<Task> {
    return reviseTask(this, viewer, input, textRevision);
  }

  /** Changes what is given, where it is another one. @throws ValidationError for what belongs to another list, and for a window that runs backwards */
  change(viewer: Viewer, changes: TaskChanges): Promise<Task> {
    return this.asItIs(viewer, () => changeTask(this, changes));
  }

  /** Moves the task into another list of the viewer. @returns what it could not take along @throws ValidationError where it is not the viewer's */
  async move(viewer: Viewer, listId: number): Promise<MoveResult> {
    return whileLocked(viewer, this.id, { inTrash: true, toMove: true }, async (stored) => {
      this.set(stored.dataValues, { raw: true, reset: true });
      return moveTask(this, viewer, listId);
    });
  }

  get completed(): NonAttribute<boolean> {
    return this.completedAt !== null;
  }

  complete(viewer: Viewer): Promise<Task> {
    return this.asItIs(viewer, async () => {
      if (!this.completed) await this.update({ completedAt: new Date() }, { returning: true });
    });
  }

  reopen(viewer: Viewer): Promise<Task> {
    return this.asItIs(viewer, async () => {
      if (this.completed) await this.update({ completedAt: null }, { returning: true });
    });
  }

  /** Moves the task to the trash. */
  trash(viewer: Viewer): Promise<Task> {
    return this.asItIs(viewer, async () => {
      if (this.deletedAt === null) await this.destroy();
    });
  }

  /** Takes the task out of the trash. */
  putBack(viewer: Viewer): Promise<Task> {
    return this.asItIs(viewer, async () => {
      if (this.deletedAt !== null) await this.restore();
    });
  }

  /** Removes the task for good, and what was written in it from its events. */
  purge(viewer: Viewer): Promise<Task> {
    return this.asItIs(viewer, () => this.destroy({ force: true }));
  }

  /** A unit of work on this task as it is now, locked, be it in the trash. */
  private asItIs(viewer: Viewer, work: () => Promise<void>): Promise<Task> {
    return whileLocked(viewer, this.id, { inTrash: true }, async (stored) => {
      this.set(stored.dataValues, { raw: true, reset: true });
      await work();
      return this;
    });
  }
}
