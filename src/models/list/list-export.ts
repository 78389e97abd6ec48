import type { Sequelize } from 'sequelize';
import { prepared } from '../../database/sql.ts';
import { taskColumns, taskJoins, type CategoryRecord, type TaskRecord } from '../task/record.ts';
import { feedsOf, type Viewer } from '../../database/visible-lists.ts';

/** Everything in a feed, to be taken elsewhere. */
export interface FeedContents {
  feed: {
    id: number;
    /** Null for the personal one. */
    name: string | null;
    /** Of this feed and no other, wherever it goes. */
    key: string;
  };
  categories: CategoryRecord[];
  /** From the oldest on, batch by batch; each is read when it is asked for. */
  tasks: AsyncGenerator<TaskRecord[]>;
}

/** A batch of the longest notes is some MB. */
const BATCH = 200;

/**
 * Between two batches no connection is held: who reads slowly keeps nobody waiting. A task is as it was when
 * its batch was read, and carries its categories as they were then.
 * Who ceases to see the feed gets no further batch.
 * @returns null where it is not there or not the viewer's
 */
export async function contentsOf(
  sequelize: Sequelize,
  viewer: Viewer,
  feedId: number,
  { trash }: { trash: boolean },
): Promise<FeedContents | null> {
  const [feed] = await prepared<FeedContents['feed']>(sequelize, undefined, `${FEED} AND f.id IN ${feedsOf('$2')}`, [
    feedId,
    viewer.id,
  ]);
  if (!feed) return null;
  const categories = await prepared<CategoryRecord>(sequelize, undefined, CATEGORIES, [feedId]);
  return { feed, categories, tasks: tasksOf(sequelize, viewer, feedId, trash) };
}

/** The key of a feed, and which of these tasks are in it, those in its trash among them. */
export async function knownIn(
  sequelize: Sequelize,
  feedId: number,
  taskIds: number[],
): Promise<{ key: string; ids: Set<number> }> {
  const [feed] = await prepared<FeedContents['feed']>(sequelize, undefined, FEED, [feedId]);
  const rows = await prepared<{ id: number }>(
    sequelize,
    undefined,
    'SELECT id FROM tasks WHERE feed_id = $1 AND id = ANY($2::integer[])',
    [feedId, taskIds],
  );
  return { key: feed!.key, ids: new Set(rows.map(({ id }) => id)) };
}

async function* tasksOf(
  sequelize: Sequelize,
  viewer: Viewer,
  feedId: number,
  trash: boolean,
): AsyncGenerator<TaskRecord[]> {
  let after: [Date, number] = [new Date(0), 0];
  for (;;) {
    const batch = await prepared<TaskRecord>(
      sequelize,
      undefined,
      `
      SELECT ${taskColumns} FROM (
        SELECT * FROM tasks WHERE feed_id = $1 AND feed_id IN ${feedsOf('$2')} AND (created_at, id) > ($3, $4) ${trash ? '' : 'AND deleted_at IS NULL'}
        ORDER BY created_at, id LIMIT $5
      ) t ${taskJoins} ORDER BY t.created_at, t.id`,
      [feedId, viewer.id, ...after, BATCH],
    );
    if (batch.length > 0) yield batch;
    const last = batch.at(-1);
    if (!last || batch.length < BATCH) return;
    after = [last.createdAt, last.id];
  }
}

const FEED = `
  SELECT f.id, team.name, left(encode(sha256(f.epoch::text::bytea), 'hex'), 16) AS key
  FROM feeds f LEFT JOIN teams team ON team.id = f.team_id WHERE f.id = $1`;
const CATEGORIES = `SELECT id, feed_id AS "feedId", name, color FROM categories WHERE feed_id = $1 ORDER BY lower(name ->> 'original'), id`;
