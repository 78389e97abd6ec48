import { UniqueConstraintError } from 'sequelize';
import { announce } from '../../events/index.ts';
import { ValidationError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import type { LocalizedText, PersonPayload } from '../../shared/events.ts';
import { List } from '../list/list.ts';
import { LOCK_CATEGORIES, naming } from './references.ts';
import type { Task } from './task.ts';
import { afterCommit } from '../../database/transaction.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';

/** What a task could not take along into another list, and what became of its categories. */
export interface MoveResult {
  /** The names of categories that the other list has not. */
  lost: LocalizedText[];
  /** Who has no business there. */
  unassigned: PersonPayload | null;
  /** Of each category that it carried, the one of the same name there, or null. */
  categories: Map<number, number | null>;
}

/**
 * Inside a unit of work, on a task that it has locked. One statement, so that the database tells of it once in each
 * list; its triggers take away the follows of people who do not see the other one. What another system calls the task is
 * given up where another task there is called so.
 * @throws ValidationError where the viewer does not see the other list
 */
export async function moveTask(task: Task, viewer: Viewer, listId: number): Promise<MoveResult> {
  const { sequelize, listId: from } = task;
  await List.chosen(viewer, listId);
  if (listId === from) return { lost: [], unassigned: null, categories: new Map() };
  const [assignee] = await sql<PersonPayload>('SELECT id, name FROM users WHERE id = $1', [task.assigneeId]);
  const labels = await sql<Label>(LABELS, [task.id, listId]);
  const there = await sql<{ id: number }>(LOCK_CATEGORIES, [labels.flatMap(({ thereId }) => thereId ?? []), listId]);
  const held = new Set(there.map(({ id }) => id));
  await arriving(sequelize.query(MOVE, { bind: [task.id, listId, [...held], viewer.id] }));
  await task.reload({ paranoid: false });
  // Who has left the other list since it was looked for.
  if (task.listId !== listId) throw new ValidationError({ path: 'listId', message: 'errors.listUnknown' });
  afterCommit(() => {
    announce('changed', 'task_deleted', { id: task.id, listId: from });
    announce('changed', 'new_task', { id: task.id, listId });
  });
  const categories = new Map(
    labels.map(({ id, thereId }) => [id, thereId !== null && held.has(thereId) ? thereId : null]),
  );
  return {
    lost: labels.filter(({ id }) => categories.get(id) === null).map(({ name }) => name),
    unassigned: task.assigneeId === null ? (assignee ?? null) : null,
    categories,
  };
}

/** Another task of the same external id has come there in the same moment. */
async function arriving(work: Promise<unknown>): Promise<void> {
  try {
    await naming(work);
  } catch (error) {
    if (error instanceof UniqueConstraintError)
      throw new ValidationError({ path: 'listId', message: 'errors.revisionOther' });
    throw error;
  }
}

interface Label {
  id: number;
  name: LocalizedText;
  thereId: number | null;
}

const LABELS = `
  SELECT c.id, c.name, there.id AS "thereId" FROM task_categories tc JOIN categories c ON c.id = tc.category_id
  LEFT JOIN categories there ON there.list_id = $2 AND lower(there.name ->> 'original') = lower(c.name ->> 'original')
  WHERE tc.task_id = $1 ORDER BY lower(c.name ->> 'original'), c.id`;

const MOVE = `
  WITH unlabelled AS (
    DELETE FROM task_categories WHERE task_id = $1
  ), moved AS (
    UPDATE tasks SET list_id = $2, assignee_id = (
      SELECT u.id FROM users u WHERE u.id = tasks.assignee_id AND NOT u.disabled AND $2 IN ${visibleListIds('u.id')}
    ), (external_provider, external_id) = (
      SELECT tasks.external_provider, tasks.external_id WHERE NOT EXISTS (
        SELECT FROM tasks other
        WHERE other.list_id = $2 AND other.external_provider = tasks.external_provider AND other.external_id = tasks.external_id
      )
    ) WHERE id = $1 AND $2 IN ${visibleListIds('$4')} RETURNING id
  )
  INSERT INTO task_categories (task_id, category_id, list_id) SELECT id, unnest($3::integer[]), $2::integer FROM moved`;
