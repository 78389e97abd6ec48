import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';

/** The stored response of a request with an `Idempotency-Key`, so that a repeated request changes nothing. */
export class IdempotencyKey extends Model<InferAttributes<IdempotencyKey>, InferCreationAttributes<IdempotencyKey>> {
  declare userId: number;
  declare key: string;
  declare requestDigest: Buffer;
  declare status: number;
  declare headers: Record<string, string>;
  declare body: string;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    IdempotencyKey.init(
      {
        userId: { type: DataTypes.INTEGER, primaryKey: true },
        key: { type: DataTypes.TEXT, primaryKey: true },
        requestDigest: { type: DataTypes.BLOB, allowNull: false },
        status: { type: DataTypes.SMALLINT, allowNull: false },
        headers: { type: DataTypes.JSONB, allowNull: false },
        body: { type: DataTypes.TEXT, allowNull: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'idempotency_keys' },
    );
  }
}
