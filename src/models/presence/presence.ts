import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';

/** A user is connected to a list in a process. A row counts for 15 s, so the rows of a killed process soon don't. */
export class Presence extends Model<InferAttributes<Presence>, InferCreationAttributes<Presence>> {
  declare processId: string;
  declare userId: number;
  declare listId: number;
  declare seenAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Presence.init(
      {
        processId: { type: DataTypes.UUID, primaryKey: true },
        userId: { type: DataTypes.INTEGER, primaryKey: true },
        listId: { type: DataTypes.INTEGER, primaryKey: true },
        seenAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'presence', timestamps: false },
    );
  }
}
