import {
  DataTypes,
  Model,
  type BelongsToManyGetAssociationsMixin,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type NonAttribute,
  type Sequelize,
} from 'sequelize';
import type { List } from '../list/list.ts';
import type { User } from '../user/user.ts';
import type { Membership } from './membership.ts';

/** A named group of users that share a list. */
export class Team extends Model<InferAttributes<Team>, InferCreationAttributes<Team>> {
  declare id: CreationOptional<number>;
  declare name: string;
  declare seed: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
  declare list?: NonAttribute<List>;
  declare members?: NonAttribute<User[]>;
  declare memberships?: NonAttribute<Membership[]>;
  declare getMembers: BelongsToManyGetAssociationsMixin<User & { Membership: Membership }>;

  static define(sequelize: Sequelize): void {
    Team.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        name: { type: DataTypes.TEXT, allowNull: false },
        seed: { type: DataTypes.BOOLEAN, defaultValue: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'teams' },
    );
  }

  /** Whether somebody who repeats the name means this team. */
  isNamed(name: string): boolean {
    return name.trim().toLowerCase() === this.name.toLowerCase();
  }
}
