import { DataTypes, Model, type CreationOptional, type Sequelize } from 'sequelize';
import type { EventName } from '../../shared/events.ts';

/** One committed change of a list. Written by the database's triggers only; read by readers, catch-up and activity. */
export class Event extends Model {
  declare listId: number;
  declare version: number;
  declare name: EventName;
  declare actorId: number | null;
  declare subject: 'task' | 'category' | 'user' | 'list';
  declare subjectId: number;
  declare revision: number | null;
  declare changes: Record<string, [unknown, unknown]> | null;
  declare createdAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Event.init(
      {
        listId: { type: DataTypes.INTEGER, primaryKey: true },
        version: { type: DataTypes.BIGINT, primaryKey: true },
        name: DataTypes.TEXT,
        actorId: DataTypes.INTEGER,
        subject: DataTypes.TEXT,
        subjectId: DataTypes.INTEGER,
        revision: DataTypes.INTEGER,
        changes: DataTypes.JSONB,
        createdAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'events', timestamps: false },
    );
  }
}
