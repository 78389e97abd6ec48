import {
  DataTypes,
  fn,
  literal,
  Model,
  Op,
  where,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type NonAttribute,
  type Sequelize,
  type WhereOptions,
} from 'sequelize';
import { foldText } from '../../lib/fold.ts';
import type { Team } from '../team/team.ts';

/** `User.scope('active', { method: ['named', 'an'] })`; scopes given together are combined by AND. */
const userScopes = {
  /** May sign in. */
  active: { where: { disabled: false } },
  disabled: { where: { disabled: true } },
  /** Administrators, including disabled ones. */
  admin: { where: { admin: true } },
  /** Name or email address contains each word of the text, folded. */
  named(text: string): { where: WhereOptions } {
    const contains = (column: string, word: string) => where(fn('strpos', literal(column), word), Op.gt, 0);
    return {
      where: {
        [Op.and]: foldText(text)
          .split(' ')
          .map((word) => ({
            [Op.or]: [contains('fold_text("User".name)', word), contains('fold_text("User".email)', word)],
          })),
      },
    };
  },
};

/** A person with an account. */
export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<number>;
  declare email: string;
  /** When a link mailed to the address was used; null: it may be somebody else's. */
  declare emailConfirmedAt: CreationOptional<Date | null>;
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
        emailConfirmedAt: DataTypes.DATE,
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
