import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type NonAttribute,
  type Sequelize,
} from 'sequelize';
import { emailKey } from '../../lib/email.ts';
import { ExpiredError } from '../../lib/errors.ts';
import type { Team } from './team.ts';

/**
 * An invitation to a team: by email for one person once, or a link for anyone who has it. Only a digest of the token is
 * stored.
 */
export class Invitation extends Model<InferAttributes<Invitation>, InferCreationAttributes<Invitation>> {
  declare id: CreationOptional<number>;
  declare teamId: number;
  /** Null for a link. */
  declare email: string | null;
  /** Nobody but the owner of the address was given the link. */
  declare mailed: CreationOptional<boolean>;
  declare digest: Buffer;
  declare invitedBy: number | null;
  declare acceptedAt: CreationOptional<Date | null>;
  declare revokedAt: CreationOptional<Date | null>;
  declare expiresAt: Date;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
  declare team?: NonAttribute<Team>;

  static define(sequelize: Sequelize): void {
    Invitation.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        teamId: { type: DataTypes.INTEGER, allowNull: false },
        email: DataTypes.TEXT,
        mailed: { type: DataTypes.BOOLEAN, defaultValue: false },
        digest: { type: DataTypes.BLOB, allowNull: false },
        invitedBy: DataTypes.INTEGER,
        acceptedAt: DataTypes.DATE,
        revokedAt: DataTypes.DATE,
        expiresAt: { type: DataTypes.DATE, allowNull: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'invitations' },
    );
  }

  /** Whether the person with this email address may use it. */
  isFor(email: string): boolean {
    return this.email === null || emailKey(this.email) === emailKey(email);
  }

  /** @throws ExpiredError where it was used, revoked or is too old */
  checkUsable(): void {
    if (this.acceptedAt) throw new ExpiredError('errors.invitationUsed');
    if (this.revokedAt) throw new ExpiredError('errors.invitationRevoked');
    if (this.expiresAt <= new Date()) throw new ExpiredError('errors.invitationExpired');
  }
}
