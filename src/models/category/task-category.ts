import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { announce } from '../../events/index.ts';
import { afterCommit } from '../../database/transaction.ts';

/** A task has a category, both of one list. */
export class TaskCategory extends Model<InferAttributes<TaskCategory>, InferCreationAttributes<TaskCategory>> {
  declare taskId: number;
  declare categoryId: number;
  /** Part of both foreign keys. The database takes it from the task, so `task.addCategory` need not know it. */
  declare listId: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    // Bulk hooks do not know the lists: null stands for every list that is open in this process.
    const announceChange = (): void => {
      afterCommit(() => {
        announce('changed', 'task_updated', { id: null, listId: null });
      });
    };
    TaskCategory.init(
      {
        taskId: { type: DataTypes.INTEGER, primaryKey: true },
        categoryId: { type: DataTypes.INTEGER, primaryKey: true },
        listId: DataTypes.INTEGER,
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      {
        sequelize,
        tableName: 'task_categories',
        hooks: { afterBulkCreate: announceChange, afterBulkDestroy: announceChange },
      },
    );
  }
}
