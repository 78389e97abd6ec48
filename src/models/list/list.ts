import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';

/** Where tasks live. Belongs to a user or a team; `version` numbers its changes without gaps, in commit order. */
export class List extends Model<InferAttributes<List>, InferCreationAttributes<List>> {
  declare id: CreationOptional<number>;
  declare userId: number | null;
  declare teamId: CreationOptional<number | null>;
  declare epoch: CreationOptional<string>;
  declare version: CreationOptional<number>;
  declare keptFrom: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    List.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        userId: DataTypes.INTEGER,
        teamId: DataTypes.INTEGER,
        epoch: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
        version: { type: DataTypes.BIGINT, defaultValue: 0 },
        keptFrom: { type: DataTypes.BIGINT, defaultValue: 1 },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'lists' },
    );
  }
}
