import { announce } from '../../events/index.ts';
import { translateDatabaseErrors } from '../../database/errors.ts';
import { sql } from '../../database/sql.ts';
import { afterCommit } from '../../database/transaction.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import { ValidationError } from '../../lib/errors.ts';
import type { LocalizedText, PersonPayload } from '../../shared/events.ts';
import { resolveVisibleList } from '../list/queries.ts';
import { withTaskLock } from './commands.ts';
import { lockCategories, referenceErrors } from './references.ts';
import type { Task } from './task.ts';

/** What a task could not keep in another list, and what became of its categories. */
export interface MoveResult {
  /** The names of categories that the other list does not have. */
  droppedCategories: LocalizedText[];
  /** The assignee, who does not see the other list. */
  unassigned: PersonPayload | null;
  /** For each category that it had: the one of the same name there, or null. */
  categories: Map<number, number | null>;
}

/**
 * Moves the task into another list of the viewer, with the categories of the same names there. One statement, so that
 * the database records one event in each list; its triggers delete the follows of people who do not see the other one.
 * The external id is dropped where another task there has it.
 * @throws NotFoundError, ValidationError where the viewer does not see the other list
 */
export function moveTask(task: Task, viewer: Viewer, listId: number): Promise<MoveResult> {
  return withTaskLock(viewer, task, { inTrash: true, toMove: true }, () => moveLocked(task, viewer, listId));
}

async function moveLocked(task: Task, viewer: Viewer, listId: number): Promise<MoveResult> {
  const from = task.listId;
  await resolveVisibleList(viewer, listId);
  if (listId === from) return { droppedCategories: [], unassigned: null, categories: new Map() };
  const [assignee] = await sql<PersonPayload>('SELECT id, name FROM users WHERE id = $1', [task.assigneeId]);
  const counterparts = await sql<Counterpart>(COUNTERPARTS, [task.id, listId]);
  const locked = await lockCategories(
    listId,
    counterparts.flatMap(({ thereId }) => thereId ?? []),
  );
  await translateDatabaseErrors(() => sql(MOVE, [task.id, listId, [...locked], viewer.id]), {
    ...referenceErrors,
    // Another task of the same external id has arrived there at the same moment.
    tasks_list_id_external_provider_external_id_key: { path: 'listId', message: 'errors.revisionOther' },
  });
  await task.reload({ paranoid: false });
  // The viewer has lost access to the other list since the check.
  if (task.listId !== listId) throw new ValidationError({ path: 'listId', message: 'errors.listUnknown' });
  afterCommit(() => {
    announce('changed', 'task_deleted', { id: task.id, listId: from });
    announce('changed', 'new_task', { id: task.id, listId });
  });
  const categories = new Map(
    counterparts.map(({ id, thereId }) => [id, thereId !== null && locked.has(thereId) ? thereId : null]),
  );
  return {
    droppedCategories: counterparts.filter(({ id }) => categories.get(id) === null).map(({ name }) => name),
    unassigned: task.assigneeId === null ? (assignee ?? null) : null,
    categories,
  };
}

interface Counterpart {
  id: number;
  name: LocalizedText;
  thereId: number | null;
}

const COUNTERPARTS = `
  SELECT c.id, c.name, there.id AS "thereId" FROM task_categories tc JOIN categories c ON c.id = tc.category_id
  LEFT JOIN categories there ON there.list_id = $2 AND there.folded_name = c.folded_name
  WHERE tc.task_id = $1 ORDER BY c.folded_name, c.id`;

const MOVE = `
  WITH uncategorized AS (
    DELETE FROM task_categories WHERE task_id = $1
  ), moved AS (
    UPDATE tasks SET list_id = $2, assignee_id = (
      SELECT u.id FROM users u WHERE u.id = tasks.assignee_id AND NOT u.disabled AND $2 IN ${visibleListIds('u.id')}
    ), (external_provider, external_id) = (
      SELECT tasks.external_provider, tasks.external_id WHERE NOT EXISTS (
        SELECT FROM tasks other
        WHERE other.list_id = $2 AND other.external_provider = tasks.external_provider
          AND other.external_id = tasks.external_id
      )
    ) WHERE id = $1 AND $2 IN ${visibleListIds('$4')} RETURNING id
  )
  INSERT INTO task_categories (task_id, category_id, list_id) SELECT id, unnest($3::integer[]), $2::integer FROM moved`;
