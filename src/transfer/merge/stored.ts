import { sqlParams } from '../../lib/sql-params.ts';
import { ValidationError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { limits } from '../../shared/limits.ts';
import { findCondition } from './find.ts';
import type { MergeDoc, MergeOptions, StoredTask } from './options.ts';

/**
 * The provider's tasks that the docs are compared with, in order of id and locked so: tasks before lists, always.
 * First the provider itself, so that of two merges of one list the second sees what the first has done.
 * @throws ValidationError where they are more than what is compared at once
 */
export async function lockStored<Doc extends MergeDoc>(options: MergeOptions<Doc>): Promise<StoredTask[]> {
  const { listId, provider, dryRun = false } = options;
  // Nobody waits for who only asks.
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
    SELECT t.id, t.external_id AS "externalId", t.description, md5(t.notes) AS "notesDigest", t.completed_at AS "completedAt",
      t.due_on AS "dueOn", t.priority, t.position AS "order", t.assignee_id AS "assigneeId",
      t.available_from AS "availableFrom", t.available_until AS "availableUntil", t.deleted_at AS "deletedAt",
      ${findCondition(options.find ?? {}, bind)} AS compared,
      coalesce((SELECT array_agg(category_id ORDER BY category_id) FROM task_categories WHERE task_id = t.id), '{}') AS "categoryIds"
    FROM tasks t WHERE t.id = ANY(${bind(ids)}::integer[]) ORDER BY t.id`;
  return sql<StoredTask>(text, values);
}

/** Where nothing is removed, of the default key only what the docs name is of interest. */
async function comparedIds<Doc extends MergeDoc>({
  listId,
  provider,
  docs,
  compare = 'externalId',
  remove,
  dryRun,
}: MergeOptions<Doc>): Promise<number[]> {
  const { values, bind } = sqlParams();
  const named = remove === false && compare === 'externalId';
  const rows = await sql<{ id: number }>(
    `
    SELECT id FROM tasks WHERE list_id = ${bind(listId)} AND external_provider = ${bind(provider)}
    ${named ? `AND external_id = ANY(${bind(docs.map(({ externalId }) => externalId ?? null))}::text[])` : ''}
    ORDER BY id LIMIT ${bind(limits.mergeStored + 1)} ${dryRun ? '' : 'FOR NO KEY UPDATE'}`,
    values,
  );
  return rows.map(({ id }) => id);
}

/** Of these keys of the provider, those that a task of the list has, also one in the trash. */
export async function takenExternalIds(
  { listId, provider }: Pick<MergeOptions, 'listId' | 'provider'>,
  externalIds: string[],
): Promise<Set<string>> {
  const rows = await sql<{ externalId: string }>(
    'SELECT external_id AS "externalId" FROM tasks WHERE list_id = $1 AND external_provider = $2 AND external_id = ANY($3::text[])',
    [listId, provider, externalIds],
  );
  return new Set(rows.map(({ externalId }) => externalId));
}
