import {
  DataTypes,
  Model,
  type BelongsToManyGetAssociationsMixin,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { afterCommit } from '../../database/transaction.ts';
import { announce } from '../../events/index.ts';
import type { LocalizedText } from '../../shared/events.ts';
import type { CategoryColor } from '../../shared/limits.ts';
import type { Task } from '../task/task.ts';

/** A coloured label in a list. */
export class Category extends Model<InferAttributes<Category>, InferCreationAttributes<Category>> {
  declare id: CreationOptional<number>;
  declare listId: number;
  declare name: LocalizedText;
  declare color: CategoryColor;
  declare seed: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
  declare getTasks: BelongsToManyGetAssociationsMixin<Task>;

  static define(sequelize: Sequelize): void {
    Category.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        listId: { type: DataTypes.INTEGER, allowNull: false },
        name: { type: DataTypes.JSONB, allowNull: false },
        color: { type: DataTypes.TEXT, allowNull: false },
        seed: { type: DataTypes.BOOLEAN, defaultValue: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      {
        sequelize,
        tableName: 'categories',
        hooks: { afterCreate: announceChange, afterUpdate: announceChange, afterDestroy: announceChange },
      },
    );
  }
}

/** Wakes the readers of open tabs, as the hooks of Task do (task/task.ts). */
function announceChange({ id, listId }: Category): void {
  afterCommit(() => {
    announce('changed', 'category_changed', { id, listId });
  });
}
