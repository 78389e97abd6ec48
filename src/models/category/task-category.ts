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

/** A task carries a category: both of one list, which stands in both foreign keys. */
export class TaskCategory extends Model<InferAttributes<TaskCategory>, InferCreationAttributes<TaskCategory>> {
  declare taskId: number;
  declare categoryId: number;
  declare listId: number;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    // A bulk change does not say its lists: the reader compares all that are open here.
    const changed = (): void => {
      afterCommit(() => {
        announce('changed', 'task_updated', { id: null, listId: null });
      });
    };
    TaskCategory.init(
      {
        taskId: { type: DataTypes.INTEGER, primaryKey: true },
        categoryId: { type: DataTypes.INTEGER, primaryKey: true },
        listId: { type: DataTypes.INTEGER, allowNull: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'task_categories', hooks: { afterBulkCreate: changed, afterBulkDestroy: changed } },
    );
  }
}
