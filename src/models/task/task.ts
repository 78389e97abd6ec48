import {
  DataTypes,
  Model,
  type BelongsToManyAddAssociationMixin,
  type BelongsToManyAddAssociationsMixin,
  type BelongsToManyGetAssociationsMixin,
  type BelongsToManyRemoveAssociationMixin,
  type BelongsToManySetAssociationsMixin,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type NonAttribute,
  type Sequelize,
} from 'sequelize';
import { afterCommit } from '../../database/transaction.ts';
import { announce } from '../../events/index.ts';
import type { TaskEventName } from '../../shared/events.ts';
import type { Priority } from '../../shared/limits.ts';
import type { Category } from '../category/category.ts';
import type { User } from '../user/user.ts';

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
  declare user?: NonAttribute<User | null>;
  declare assignee?: NonAttribute<User | null>;
  declare categories?: NonAttribute<Category[]>;
  declare getCategories: BelongsToManyGetAssociationsMixin<Category>;
  declare setCategories: BelongsToManySetAssociationsMixin<Category, number>;
  declare addCategory: BelongsToManyAddAssociationMixin<Category, number>;
  declare addCategories: BelongsToManyAddAssociationsMixin<Category, number>;
  declare removeCategory: BelongsToManyRemoveAssociationMixin<Category, number>;

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
      { sequelize, tableName: 'tasks', paranoid: true },
    );

    // From a change to every open tab: a hook announces the ids, once the change is committed, through src/events/.
    // realtime/loopback/client.ts sends them to realtime/loopback/server.ts, which wakes the reader of the list
    // (realtime/delivery/reader.ts). It reads the events that the database's triggers recorded with the change, after
    // the last version that it delivered, and emits them to the room `list:<id>` (realtime/sockets/rooms.ts).
    // So the hooks only make delivery fast: the sweep (realtime/delivery/sweep.ts) finds what nobody announced.
    Task.afterCreate((task) => {
      announceTask('new_task', task);
    });
    Task.afterUpdate((task) => {
      announceTask('task_updated', task);
    });
    Task.afterDestroy((task) => {
      announceTask('task_deleted', task);
    });
    Task.addHook('afterRestore', (task: Task) => {
      announceTask('task_restored', task);
    });
    Task.afterBulkCreate((tasks) => {
      for (const listId of new Set(tasks.map((task) => task.listId))) announceTask('new_task', { id: null, listId });
    });
    // The other bulk hooks do not know the rows: null stands for every list that is open in this process.
    Task.afterBulkUpdate(() => {
      announceTask('task_updated', { id: null, listId: null });
    });
    Task.afterBulkDestroy(() => {
      announceTask('task_deleted', { id: null, listId: null });
    });
    Task.addHook('afterBulkRestore', () => {
      announceTask('task_restored', { id: null, listId: null });
    });
  }

  get completed(): NonAttribute<boolean> {
    return this.completedAt !== null;
  }
}

function announceTask(name: TaskEventName, { id, listId }: { id: number | null; listId: number | null }): void {
  afterCommit(() => {
    announce('changed', name, { id, listId });
  });
}
