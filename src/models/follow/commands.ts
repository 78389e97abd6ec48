import { sql } from '../../database/sql.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import { announce } from '../../events/index.ts';
import { NotFoundError } from '../../lib/errors.ts';
import { Follow } from './follow.ts';

/** An inbox item as the page showed it. */
export interface ShownItem {
  followId: number;
  newsAt: Date;
}

/** @returns the follow, and whether it is new @throws NotFoundError where the viewer does not see the task */
export async function followTask(viewer: Viewer, taskId: number): Promise<{ follow: Follow; isNew: boolean }> {
  const created = await sql(FOLLOW, [viewer.id, taskId]);
  const follow = await Follow.findOne({ where: { userId: viewer.id, taskId }, rejectOnEmpty: new NotFoundError() });
  return { follow, isNew: created.length > 0 };
}

export async function unfollowTask(viewer: Viewer, taskId: number): Promise<void> {
  if ((await Follow.destroy({ where: { userId: viewer.id, taskId } })) > 0) notifyInbox(viewer);
}

/** @param viewer the owner of the follow */
export async function updateFollow(follow: Follow, viewer: Viewer, { read }: { read: boolean }): Promise<Follow> {
  await follow.update({ read });
  notifyInbox(viewer);
  return follow;
}

/** @param viewer the owner of the follow */
export async function destroyFollow(follow: Follow, viewer: Viewer): Promise<void> {
  await follow.destroy();
  notifyInbox(viewer);
}

/** Marks a task as read, if the viewer follows it. */
export async function markAsRead(viewer: Viewer, taskId: number): Promise<void> {
  const [changed] = await Follow.update({ read: true }, { where: { userId: viewer.id, taskId, read: false } });
  if (changed > 0) notifyInbox(viewer);
}

/** Marks these items as read; one that changed after it was shown stays unread. */
export function markShownAsRead(viewer: Viewer, shown: ShownItem[]): Promise<void> {
  const followIds = shown.map(({ followId }) => followId);
  const times = shown.map(({ newsAt }) => newsAt);
  return unitOfWork(viewer.id, async () => {
    if ((await sql(READ_SHOWN, [viewer.id, followIds, times])).length > 0) notifyInbox(viewer);
  });
}

/** Marks everything as read that changed until then; later changes stay unread. */
export function markAllAsRead(viewer: Viewer, until: Date): Promise<void> {
  return unitOfWork(viewer.id, async () => {
    if ((await sql(READ_UNTIL, [viewer.id, until])).length > 0) notifyInbox(viewer);
  });
}

/** The number beside the inbox may have changed. */
function notifyInbox({ id }: Viewer): void {
  afterCommit(() => {
    announce('inbox_changed', { userId: id });
  });
}

const FOLLOW = `
  INSERT INTO follows (user_id, task_id) SELECT $1, id FROM tasks
  WHERE id = $2 AND deleted_at IS NULL AND list_id IN ${visibleListIds('$1')}
  ON CONFLICT (user_id, task_id) DO NOTHING RETURNING id`;

// Both lock follows in the order in which a change of several tasks locks them.
const READ_UNTIL = `
  WITH shown AS MATERIALIZED (
    SELECT id FROM follows WHERE user_id = $1 AND NOT read AND updated_at <= $2::timestamptz
    ORDER BY task_id FOR NO KEY UPDATE
  )
  UPDATE follows m SET read = true FROM shown WHERE m.id = shown.id RETURNING m.id`;

const READ_SHOWN = `
  WITH shown AS MATERIALIZED (
    SELECT m.id FROM follows m
    JOIN unnest($2::integer[], $3::timestamptz[]) AS s (id, news_at) ON m.id = s.id AND m.updated_at = s.news_at
    WHERE m.user_id = $1 AND NOT m.read ORDER BY m.task_id FOR NO KEY UPDATE OF m
  )
  UPDATE follows m SET read = true FROM shown WHERE m.id = shown.id RETURNING m.id`;
