import {
  DataTypes,
  Model,
  Op,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type NonAttribute,
  type Sequelize,
  type WhereOptions,
} from 'sequelize';
import { escapeLike } from '../../database/sql.ts';
import type { Team } from '../team/team.ts';

/** `User.scope('active', { method: ['named', 'an'] })`; scopes given together are combined by AND. */
const userScopes = {
  /** May sign in. */
  active: { where: { disabled: false } },
  disabled: { where: { disabled: true } },
  /** Administrators, including disabled ones. */
  admin: { where: { admin: true } },
  /** Name or email address contains the text, in any case; `%` and `_` are literal. */
  named(text: string): { where: WhereOptions } {
    const like = { [Op.iLike]: `%${escapeLike(text.trim())}%` };
    return { where: { [Op.or]: [{ name: like }, { email: like }] } };
  },
};

/** A person with an account. */
export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<number>;
  declare email: string;
  declare name: string;
  declare passwordDigest: string;
  declare admin: CreationOptional<boolean>;
  declare disabled: CreationOptional<boolean>;
  declare disabledReason: CreationOptional<string | null>;
  declare locale: CreationOptional<string>;
  declare timeZone: CreationOptional<string>;
  declare country: CreationOptional<string | null>;
  declare seed: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
  declare teams?: NonAttribute<Team[]>;

  static define(sequelize: Sequelize): void {
    User.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        email: { type: DataTypes.TEXT, allowNull: false },
        name: { type: DataTypes.TEXT, allowNull: false },
        passwordDigest: { type: DataTypes.TEXT, allowNull: false },
        admin: { type: DataTypes.BOOLEAN, defaultValue: false },
        disabled: { type: DataTypes.BOOLEAN, defaultValue: false },
        disabledReason: DataTypes.TEXT,
        locale: { type: DataTypes.TEXT, defaultValue: 'en' },
        timeZone: { type: DataTypes.TEXT, defaultValue: 'UTC' },
        country: DataTypes.TEXT,
        seed: { type: DataTypes.BOOLEAN, defaultValue: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'users', scopes: userScopes, whereMergeStrategy: 'and' },
    );
  }

  /** Omits the digest, wherever a user is turned into JSON. */
  override toJSON(): object {
    const { passwordDigest: _, ...shown } = this.get({ plain: true });
    return shown;
  }
}
