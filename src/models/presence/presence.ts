import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';
import { sql } from '../../database/sql.ts';

/** Somebody who is connected to a list. */
export interface Present {
  userId: number;
  listId: number;
}

/** Who is connected to which list by which process. A row counts for 15 s, so a process that was killed soon counts no more. */
export class Presence extends Model<InferAttributes<Presence>, InferCreationAttributes<Presence>> {
  declare processId: string;
  declare userId: number;
  declare listId: number;
  declare seenAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Presence.init(
      {
        processId: { type: DataTypes.UUID, primaryKey: true },
        userId: { type: DataTypes.INTEGER, primaryKey: true },
        listId: { type: DataTypes.INTEGER, primaryKey: true },
        seenAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'presence', timestamps: false },
    );
  }

  /**
   * Makes the rows of a process what is the case there, in one statement.
   * @param present each pair once
   * @param listIds only in these lists; null: in all, and rows that any process left behind a minute ago go too
   */
  static async write(processId: string, present: Present[], listIds: number[] | null): Promise<void> {
    const columns = [present.map(({ userId }) => userId), present.map(({ listId }) => listId)];
    await sql(WRITE, [processId, ...columns, listIds]);
  }

  /** Who is connected to these lists by other processes. */
  static elsewhere(processId: string, listIds: number[]): Promise<Present[]> {
    return sql(ELSEWHERE, [processId, listIds]);
  }
}

/** SKIP LOCKED: two processes that clear away the same rows would otherwise wait for each other, in any order. */
const WRITE = `
  WITH here AS (
    SELECT * FROM unnest($2::integer[], $3::integer[]) AS here (user_id, list_id)
  ), gone AS (
    DELETE FROM presence p WHERE p.process_id = $1::uuid AND ($4::integer[] IS NULL OR p.list_id = ANY($4))
      AND NOT EXISTS (SELECT FROM here WHERE here.user_id = p.user_id AND here.list_id = p.list_id)
  ), left_behind AS (
    DELETE FROM presence WHERE $4 IS NULL AND (process_id, user_id, list_id) IN (
      SELECT process_id, user_id, list_id FROM presence
      WHERE process_id <> $1 AND seen_at < now() - interval '1 minute' FOR UPDATE SKIP LOCKED
    )
  )
  INSERT INTO presence (process_id, user_id, list_id) SELECT $1, user_id, list_id FROM here
  ON CONFLICT (process_id, user_id, list_id) DO UPDATE SET seen_at = now()`;

const ELSEWHERE = `
  SELECT DISTINCT user_id AS "userId", list_id AS "listId" FROM presence
  WHERE process_id <> $1::uuid AND list_id = ANY($2::integer[]) AND seen_at > now() - interval '15 seconds'`;
