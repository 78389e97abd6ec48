import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';

/** A user follows a task; the database's triggers reset `read` when somebody else changes the task. */
export class Follow extends Model<InferAttributes<Follow>, InferCreationAttributes<Follow>> {
  declare id: CreationOptional<number>;
  declare userId: number;
  declare taskId: number;
  declare read: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  /** Of an unread one: the last change by somebody else. */
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
}
