import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import type { TokenScope } from '../../schemas/token.ts';

/** Secret scanners recognize a published token by it. */
export const TOKEN_PREFIX = 'taskwire_';

/** A personal access token: 256 random bits, shown once; only their SHA-256 is stored. */
export class ApiToken extends Model<InferAttributes<ApiToken>, InferCreationAttributes<ApiToken>> {
  declare id: CreationOptional<number>;
  declare userId: number;
  declare name: string;
  declare prefix: string;
  declare digest: Buffer;
  declare scopes: TokenScope[];
  declare lastUsedAt: CreationOptional<Date | null>;
  declare expiresAt: Date | null;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    ApiToken.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        userId: { type: DataTypes.INTEGER, allowNull: false },
        name: { type: DataTypes.TEXT, allowNull: false },
        prefix: { type: DataTypes.TEXT, allowNull: false },
        digest: { type: DataTypes.BLOB, allowNull: false },
        scopes: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false },
        lastUsedAt: DataTypes.DATE,
        expiresAt: DataTypes.DATE,
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'api_tokens' },
    );
  }

  /** Omits the digest. */
  override toJSON(): object {
    const { digest: _, ...shown } = this.get({ plain: true });
    return shown;
  }
}
