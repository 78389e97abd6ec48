import { sql } from '../../database/sql.ts';

/** A user who is connected to a list. */
export interface Present {
  userId: number;
  listId: number;
}

/**
 * Brings the presence rows of a process up to date, in one statement.
 * @param present each pair once
 * @param listIds only in these lists; null: in all, and rows that any process left behind a minute ago are deleted too
 */
export async function savePresence(processId: string, present: Present[], listIds: number[] | null): Promise<void> {
  const columns = [present.map(({ userId }) => userId), present.map(({ listId }) => listId)];
  await sql(SAVE, [processId, ...columns, listIds]);
}

/** Who is connected to these lists in other processes. */
export const presentElsewhere = (processId: string, listIds: number[]): Promise<Present[]> =>
  sql(ELSEWHERE, [processId, listIds]);

/** SKIP LOCKED: two processes that delete the same rows would otherwise wait for each other, in any order. */
const SAVE = `
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
