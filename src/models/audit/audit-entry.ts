import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';

/** What the audit log records. */
export const auditActions = [
  'registered',
  'signed_in',
  'sign_in_refused',
  'signed_out',
  'session_ended',
  'password_changed',
  'password_refused',
  'password_reset_asked',
  'password_reset',
  'email_changed',
  'mail_link_shown',
  'account_deleted',
  'user_disabled',
  'user_enabled',
  'admin_given',
  'admin_taken',
  'token_made',
  'token_ended',
  'role_changed',
  'member_joined',
  'member_removed',
  'invitation_made',
  'invitation_revoked',
  'team_deleted',
] as const;
export type AuditAction = (typeof auditActions)[number];

/** Administrators read it, so it holds no secrets. An `email` is folded (`emailKey`), so that it is found. */
export type AuditDetails = Record<string, string | number | boolean | null>;

/**
 * One entry of the audit log: sign-ins, failures, changes of rights, tokens and sessions. Never changed, removed after
 * a year.
 */
export class AuditEntry extends Model<InferAttributes<AuditEntry>, InferCreationAttributes<AuditEntry>> {
  declare id: CreationOptional<number>;
  declare action: AuditAction;
  /** Null for somebody not signed in and for the operator. The account may be gone. */
  declare actorId: number | null;
  /** The user affected. */
  declare userId: CreationOptional<number | null>;
  declare details: CreationOptional<AuditDetails>;
  declare address: CreationOptional<string | null>;
  declare createdAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    AuditEntry.init(
      {
        id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
        action: { type: DataTypes.TEXT, allowNull: false },
        actorId: DataTypes.INTEGER,
        userId: DataTypes.INTEGER,
        details: { type: DataTypes.JSONB, defaultValue: {} },
        address: DataTypes.TEXT,
        createdAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'audit_entries', updatedAt: false },
    );
  }
}
