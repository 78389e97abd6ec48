import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';

/** A signed-in browser. `expire` is the earlier of 14 days without use and 90 days in all. */
export class Session extends Model<InferAttributes<Session>, InferCreationAttributes<Session>> {
  declare sid: string;
  /** Names the session on pages, and is no credential. */
  declare id: CreationOptional<number>;
  /** The id before the last renewal, no longer valid. */
  declare previousSid: CreationOptional<string | null>;
  declare userId: number;
  declare sess: Record<string, unknown>;
  declare expire: Date;
  declare lastSeenAt: CreationOptional<Date>;
  declare address: CreationOptional<string | null>;
  declare agent: CreationOptional<string | null>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Session.init(
      {
        sid: { type: DataTypes.TEXT, primaryKey: true },
        id: DataTypes.INTEGER,
        previousSid: DataTypes.TEXT,
        userId: DataTypes.INTEGER,
        sess: { type: DataTypes.JSONB, allowNull: false },
        expire: { type: DataTypes.DATE, allowNull: false },
        lastSeenAt: DataTypes.DATE,
        address: DataTypes.TEXT,
        agent: DataTypes.TEXT,
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'sessions' },
    );
  }
}
