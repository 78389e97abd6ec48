/** What a merge reads first: the provider's tasks, and what the docs refer to. */
import { sql, sqlParams, type Bind } from '../../database/sql.ts';
import { visibleListIds } from '../../database/visible-lists.ts';
import { ValidationError } from '../../lib/errors.ts';
import type { statuses } from '../../models/task/filters.ts';
import type { LocalizedText } from '../../shared/events.ts';
import { limits, type CategoryColor } from '../../shared/limits.ts';
import type { MergeDoc, MergeFind, MergeOptions, NamedCategory, StoredTask } from './options.ts';

/**
 * Locks the provider in this list, so that the second of two concurrent merges sees the result of the first, and then
 * the tasks that the docs are compared with, in order of id: tasks before lists, always. A dry run locks nothing.
 * @throws ValidationError where there are more than one merge compares
 */
export async function lockStored<Doc extends MergeDoc>(options: MergeOptions<Doc>): Promise<StoredTask[]> {
  const { listId, provider, dryRun = false } = options;
  if (!dryRun) await sql('SELECT pg_advisory_xact_lock($1, hashtext($2))', [listId, provider]);
  const ids = await comparedIds(options);
  if (ids.length > limits.mergeStored)
    throw new ValidationError({
      path: 'find',
      message: 'imports.wrong.tooManyStored',
      params: { max: limits.mergeStored },
    });
  const { values, bind } = sqlParams();
  const text = `
    SELECT t.id, t.external_id AS "externalId", t.description, md5(t.notes) AS "notesDigest",
      t.completed_at AS "completedAt", t.due_on AS "dueOn", t.priority, t.position AS "order",
      t.assignee_id AS "assigneeId",
      t.available_from AS "availableFrom", t.available_until AS "availableUntil", t.deleted_at AS "deletedAt",
      ${findCondition(options.find ?? {}, bind)} AS compared,
      coalesce(
        (SELECT array_agg(category_id ORDER BY category_id) FROM task_categories WHERE task_id = t.id), '{}'
      ) AS "categoryIds"
    FROM tasks t WHERE t.id = ANY(${elements(ids, 'integer', bind)}) ORDER BY t.id`;
  return sql<StoredTask>(text, values);
}

/** Where nothing is removed, and by the default key, only the tasks that docs name matter. */
async function comparedIds<Doc extends MergeDoc>({
  listId,
  provider,
  docs,
  compare = 'externalId',
  remove,
  dryRun,
  identify,
}: MergeOptions<Doc>): Promise<number[]> {
  const { values, bind } = sqlParams();
  const named = remove === false && compare === 'externalId';
  const textsOf = (name: 'externalId' | 'description'): string =>
    elements(
      docs.map((doc) => doc[name] ?? null),
      'text',
      bind,
    );
  const described = named && identify ? `OR description = ANY(${textsOf('description')})` : '';
  const rows = await sql<{ id: number }>(
    `
    SELECT id FROM tasks WHERE list_id = ${bind(listId)} AND external_provider = ${bind(provider)}
    ${named ? `AND (external_id = ANY(${textsOf('externalId')}) ${described})` : ''}
    ORDER BY id LIMIT ${bind(limits.mergeStored + 1)} ${dryRun ? '' : 'FOR NO KEY UPDATE'}`,
    values,
  );
  return rows.map(({ id }) => id);
}

/** An array as JSON: `pg` takes 50 ms, in which nobody else is served, to write an array of 20,000 texts. */
const elements = (values: readonly (string | number | null)[], type: 'integer' | 'text', bind: Bind): string =>
  `ARRAY(SELECT value::${type} FROM json_array_elements_text(${bind(JSON.stringify(values))}::json))`;

/** Those of these external ids that a task of the list has, also one in the trash. */
export async function takenExternalIds(
  { listId, provider }: Pick<MergeOptions, 'listId' | 'provider'>,
  externalIds: string[],
): Promise<Set<string>> {
  const { values, bind } = sqlParams();
  const rows = await sql<{ externalId: string }>(
    `
    SELECT external_id AS "externalId" FROM tasks WHERE list_id = ${bind(listId)}
      AND external_provider = ${bind(provider)} AND external_id = ANY(${elements(externalIds, 'text', bind)})`,
    values,
  );
  return new Set(rows.map(({ externalId }) => externalId));
}

const states: Record<(typeof statuses)[number], string> = {
  open: 't.completed_at IS NULL AND t.available',
  done: 't.completed_at IS NOT NULL',
  scheduled: 't.completed_at IS NULL AND NOT t.available',
  all: 'true',
};

/** The condition on `tasks t`; it holds for tasks in the trash too. */
function findCondition(
  { status = 'all', categoryId, assigneeId, priority, dueBefore, dueAfter }: MergeFind,
  bind: Bind,
): string {
  const conditions = [states[status]];
  if (categoryId !== undefined)
    conditions.push(
      `EXISTS (SELECT FROM task_categories tc WHERE tc.task_id = t.id AND tc.category_id = ${bind(categoryId)})`,
    );
  if (assigneeId !== undefined) conditions.push(`t.assignee_id = ${bind(assigneeId)}`);
  if (priority !== undefined) conditions.push(`t.priority = ${bind(priority)}`);
  if (dueBefore !== undefined) conditions.push(`t.due_on < ${bind(dueBefore)}::date`);
  if (dueAfter !== undefined) conditions.push(`t.due_on > ${bind(dueAfter)}::date`);
  return `coalesce(${conditions.join(' AND ')}, false)`;
}

/** A category that docs refer to; without an id it is not created yet. */
export interface CategoryReference {
  id: number | null;
  name: LocalizedText;
  color: CategoryColor;
}

/** What docs refer to; all of it belongs to the list. */
export interface References {
  categoryIds: Set<number>;
  assigneeIds: Set<number>;
  /** By the name as docs spell it. */
  named: Map<string, CategoryReference>;
  missing: CategoryReference[];
}

/** Reads what docs refer to. The categories are locked, so that nobody deletes them before the merge has ended. */
export async function readReferences(listId: number, docs: MergeDoc[]): Promise<References> {
  const byName = new Map<string, NamedCategory>();
  // The first doc that names a category determines its color.
  for (const category of docs.flatMap(({ categories = [] }) => categories))
    if (!byName.has(category.name.original)) byName.set(category.name.original, category);
  const named = [...byName.values()];
  const stored = await sql<Folded>(
    `SELECT id, folded_name AS folded FROM categories WHERE list_id = $1 ORDER BY id FOR KEY SHARE`,
    [listId],
  );
  return {
    categoryIds: new Set(stored.map(({ id }) => id)),
    assigneeIds: await assignees(listId, docs),
    ...matchCategories(named, stored, await fold(named)),
  };
}

interface Folded {
  id: number;
  folded: string;
}

/** As the database's unique constraint has it. */
async function fold(categories: NamedCategory[]): Promise<Map<string, string>> {
  if (categories.length === 0) return new Map();
  const rows = await sql<{ name: string; folded: string }>(
    'SELECT name, fold_text(name, true) AS folded FROM unnest($1::text[]) AS named (name)',
    [categories.map(({ name }) => name.original)],
  );
  return new Map(rows.map(({ name, folded }) => [name, folded]));
}

function matchCategories(
  categories: NamedCategory[],
  stored: Folded[],
  folds: Map<string, string>,
): Pick<References, 'named' | 'missing'> {
  const byFold = new Map<string, CategoryReference>();
  const ids = new Map(stored.map(({ id, folded }) => [folded, id]));
  const named = new Map<string, CategoryReference>();
  for (const { name, color = 'grey' } of categories) {
    const folded = folds.get(name.original) ?? name.original;
    const reference = byFold.get(folded) ?? { id: ids.get(folded) ?? null, name, color };
    byFold.set(folded, reference);
    named.set(name.original, reference);
  }
  return { named, missing: [...byFold.values()].filter(({ id }) => id === null) };
}

/** Of the assignees of docs, those who see the list and may sign in. */
async function assignees(listId: number, docs: MergeDoc[]): Promise<Set<number>> {
  const ids = new Set(docs.flatMap(({ assigneeId }) => assigneeId ?? []));
  if (ids.size === 0) return new Set();
  const rows = await sql<{ id: number }>(
    `SELECT u.id FROM users u WHERE u.id = ANY($1::integer[]) AND NOT u.disabled AND $2 IN ${visibleListIds('u.id')}`,
    [[...ids], listId],
  );
  return new Set(rows.map(({ id }) => id));
}
