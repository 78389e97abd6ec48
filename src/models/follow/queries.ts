import { literal, Op } from 'sequelize';
import { sql } from '../../database/sql.ts';
import { taskColumns, taskJoins, type TaskRecord } from '../task/record.ts';
import { Follow } from './follow.ts';
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

/** @returns null where it does not exist, is somebody else's, or of a task that the viewer does not see */
export function findFollow(viewer: Viewer, id: number): Promise<Follow | null> {
  const visible = literal(
    `EXISTS (
      SELECT FROM tasks WHERE tasks.id = "Follow".task_id AND tasks.list_id IN ${visibleListIds('"Follow".user_id')}
    )`,
  );
  return Follow.findOne({ where: { [Op.and]: [{ id, userId: viewer.id }, visible] } });
}

/** The tasks that the viewer follows, newest first, without those in the trash. @param after the id of a task */
export function followedTasks(
  viewer: Viewer,
  { read }: FollowedTaskFilters,
  after: number | null,
  size: number,
): Promise<FollowedTask[]> {
  const text = `
    SELECT t.follow_id AS "followId", t.read, ${taskColumns}
    FROM (
      SELECT m.id AS follow_id, m.read, followed.* FROM follows m
      JOIN tasks followed ON followed.id = m.task_id AND followed.deleted_at IS NULL
        AND followed.list_id IN ${visibleListIds('$1')}
      WHERE m.user_id = $1 AND ($2::boolean IS NULL OR m.read = $2) AND ($3::integer IS NULL OR m.task_id < $3)
      ORDER BY m.task_id DESC LIMIT $4
    ) t ${taskJoins} ORDER BY t.id DESC`;
  return sql(text, [viewer.id, read ?? null, after, size]);
}
