import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { sql } from '../../database/sql.ts';
import { limits } from '../../shared/limits.ts';
import { auditPage, type AuditCursor, type AuditFilters, type AuditRecord } from './audit-log.ts';
import type { AuditAction, AuditDetails } from './record.ts';

/** Who did what to whom, and from where: sign-ins, refusals, changes of rights, tokens and sessions. Never changed, removed after a year. */
export class AuditEntry extends Model<InferAttributes<AuditEntry>, InferCreationAttributes<AuditEntry>> {
  declare id: CreationOptional<number>;
  declare action: AuditAction;
  /** Null: nobody who is signed in, or the operator. The account may be gone. */
  declare actorId: number | null;
  /** Whom it concerns. */
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

  /** The entries, newest first, with the names of those whose accounts are still there. */
  static page(
    filters: AuditFilters,
    after: AuditCursor | null,
    size: number,
  ): Promise<{ entries: AuditRecord[]; next: AuditCursor | null }> {
    return auditPage(filters, after, size);
  }

  /** Removes entries that are older than a year, a batch of them. @returns how many */
  static async prune(): Promise<number> {
    return (await sql(PRUNE, [limits.pruneBatch])).length;
  }
}

const PRUNE = `
  DELETE FROM audit_entries WHERE id IN (
    SELECT id FROM audit_entries WHERE created_at < now() - interval '1 year' ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ) RETURNING id`;
