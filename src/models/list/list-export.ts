import { connectionShares } from '../../database/connection-shares.ts';
import { sql } from '../../database/sql.ts';
import { taskColumns, taskJoins, type CategoryRecord, type TaskRecord } from '../task/record.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import { accessGuard } from '../../database/transaction.ts';
import { stillSees } from './queries.ts';
import { NotFoundError, RateLimitError } from '../../lib/errors.ts';
import { FairQueue } from '../../lib/fair-queue.ts';

/** Everything in a list. */
export interface ListContents {
  list: {
    id: number;
    /** Null for the personal one. */
    name: string | null;
    /** Identifies this list in its exports, wherever they are imported. */
    key: string;
  };
  categories: CategoryRecord[];
  /** In the order of the list page, newest first, in batches; each is read when it is requested. */
  tasks: AsyncGenerator<TaskRecord[]>;
}

/** One batch of a person at a time. */
const exports = new FairQueue(
  () => connectionShares().heavy,
  8,
  () => new RateLimitError(5),
);

/** A batch of the longest notes is some MB. */
const BATCH = 200;

/**
 * No connection is held between two batches, so that a slow reader blocks nobody. Each batch shows its tasks and their
 * categories as of its reading. A viewer who loses access to the list, or whose account, session or token ends,
 * gets an error instead of the next batch.
 * @returns null where it does not exist or is not the viewer's
 */
export async function exportList(
  viewer: Viewer,
  listId: number,
  { trash }: { trash: boolean },
): Promise<ListContents | null> {
  const [list] = await sql<ListContents['list']>(`${LIST} AND l.id IN ${visibleListIds('$2')}`, [listId, viewer.id]);
  if (!list) return null;
  const categories = await sql<CategoryRecord>(CATEGORIES, [listId]);
  return { list, categories, tasks: tasksOf(viewer, listId, trash, accessGuard(viewer.id)) };
}

/** The key of a list, and which of these tasks are in it or in its trash. @throws NotFoundError */
export async function findExportedTasks(listId: number, taskIds: number[]): Promise<{ key: string; ids: Set<number> }> {
  const [list] = await sql<ListContents['list']>(LIST, [listId]);
  const rows = await sql<{ id: number }>('SELECT id FROM tasks WHERE list_id = $1 AND id = ANY($2::integer[])', [
    listId,
    taskIds,
  ]);
  if (!list) throw new NotFoundError();
  return { key: list.key, ids: new Set(rows.map(({ id }) => id)) };
}

async function* tasksOf(
  viewer: Viewer,
  listId: number,
  trash: boolean,
  requireAccess: () => Promise<void>,
): AsyncGenerator<TaskRecord[]> {
  let after: [Date | string, number] = ['infinity', 0];
  for (;;) {
    await requireAccess();
    if (!(await stillSees(viewer, listId))) throw new NotFoundError();
    const read = () =>
      sql<TaskRecord>(
        `
      SELECT ${taskColumns} FROM (
        SELECT * FROM tasks
        WHERE list_id = $1 AND (created_at, id) < ($2, $3)
          ${trash ? '' : 'AND deleted_at IS NULL'}
        ORDER BY created_at DESC, id DESC LIMIT $4
      ) t ${taskJoins} ORDER BY t.created_at DESC, t.id DESC`,
        [listId, ...after, BATCH],
      );
    const batch = await exports.run(viewer.id, read);
    if (batch.length > 0) yield batch;
    const last = batch.at(-1);
    if (!last || batch.length < BATCH) return;
    after = [last.createdAt, last.id];
  }
}

const LIST = `
  SELECT l.id, team.name, left(encode(sha256(l.epoch::text::bytea), 'hex'), 16) AS key
  FROM lists l LEFT JOIN teams team ON team.id = l.team_id WHERE l.id = $1`;
const CATEGORIES = `
  SELECT id, list_id AS "listId", name, color FROM categories WHERE list_id = $1
  ORDER BY folded_name, id`;
