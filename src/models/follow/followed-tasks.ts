import type { Sequelize } from 'sequelize';
import { prepared } from '../../database/sql.ts';
import { taskColumns, taskJoins, type TaskRecord } from '../task/record.ts';
import { feedsOf, type Viewer } from '../../database/visible-lists.ts';

/** A task with the viewer's mark. */
export interface MarkedTask extends TaskRecord {
  markId: number;
  read: boolean;
}

export interface MarkedFilters {
  /** Undefined: read or not. */
  read?: boolean | undefined;
}

/** The tasks that the viewer follows, outside the trash, the one written last on top. @param after the id of a task */
export function markedBy(
  sequelize: Sequelize,
  viewer: Viewer,
  { read }: MarkedFilters,
  after: number | null,
  size: number,
): Promise<MarkedTask[]> {
  const text = `
    SELECT t.mark_id AS "markId", t.read, ${taskColumns}
    FROM (
      SELECT m.id AS mark_id, m.read, marked.* FROM task_marks m
      JOIN tasks marked ON marked.id = m.task_id AND marked.deleted_at IS NULL AND marked.feed_id IN ${feedsOf('$1')}
      WHERE m.user_id = $1 AND ($2::boolean IS NULL OR m.read = $2) AND ($3::integer IS NULL OR m.task_id < $3)
      ORDER BY m.task_id DESC LIMIT $4
    ) t ${taskJoins} ORDER BY t.id DESC`;
  return prepared(sequelize, 'marked-tasks', text, [viewer.id, read ?? null, after, size]);
}
