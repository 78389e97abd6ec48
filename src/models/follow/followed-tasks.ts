import { sql } from '../../database/sql.ts';
import { taskColumns, taskJoins, type TaskRecord } from '../task/record.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** A task with the viewer's follow. */
export interface FollowedTask extends TaskRecord {
  followId: number;
  read: boolean;
}

export interface FollowedTaskFilters {
  /** Undefined: read or not. */
  read?: boolean | undefined;
}

/** The tasks that the viewer follows, outside the trash, the one written last on top. @param after the id of a task */
export function followers(
  viewer: Viewer,
  { read }: FollowedTaskFilters,
  after: number | null,
  size: number,
): Promise<FollowedTask[]> {
  const text = `
    SELECT t.follow_id AS "followId", t.read, ${taskColumns}
    FROM (
      SELECT m.id AS follow_id, m.read, followed.* FROM follows m
      JOIN tasks followed ON followed.id = m.task_id AND followed.deleted_at IS NULL AND followed.list_id IN ${visibleListIds('$1')}
      WHERE m.user_id = $1 AND ($2::boolean IS NULL OR m.read = $2) AND ($3::integer IS NULL OR m.task_id < $3)
      ORDER BY m.task_id DESC LIMIT $4
    ) t ${taskJoins} ORDER BY t.id DESC`;
  return sql(text, [viewer.id, read ?? null, after, size]);
}
