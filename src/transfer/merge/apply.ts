import { randomUUID } from 'node:crypto';
import { sql } from '../../database/sql.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { chunk } from '../../lib/chunk.ts';
import type { MergeDoc, MergeOptions } from './options.ts';
import type { Plan, PlannedInsert, PlannedUpdate } from './plan.ts';
import type { CategoryReference, References } from './stored.ts';

/** Rows and characters of one statement: a thousand rows with long notes would come near the statement timeout. */
const BATCH = { rows: 1000, size: 1_000_000 };

/** The new tasks by the index of their docs. */
export type Inserted = Map<number, { id: number; externalId: string }>;

/** Writes a plan in batches; the triggers write the events with each. */
export async function applyPlan<Doc extends MergeDoc>(
  viewer: Viewer,
  plan: Plan,
  { missing }: References,
  options: MergeOptions<Doc>,
): Promise<Inserted> {
  const { listId, provider, remove, onProgress } = options;
  await createMissing(listId, missing);
  let written = 0;
  const report = (rows: number): void => {
    onProgress?.((written += rows));
  };
  for (const batch of chunk(plan.removes, BATCH.rows)) {
    await sql(remove === 'physical' ? PURGE : TRASH, [batch.map(({ id }) => id)]);
    report(batch.length);
  }
  for (const batch of chunk(plan.updates, BATCH.rows, sizeOf, BATCH.size)) {
    await sql(UPDATE, [JSON.stringify(batch.map(updateRow))]);
    report(batch.length);
  }
  const inserted: Inserted = new Map();
  for (const batch of chunk(plan.inserts, BATCH.rows, sizeOf, BATCH.size)) {
    const rows = batch.map(({ index, externalId, values }) => ({
      index,
      externalId: externalId ?? randomUUID(),
      ...values,
    }));
    const ids = await sql<{ id: number; externalId: string }>(INSERT, [
      listId,
      viewer.id,
      provider,
      JSON.stringify(rows),
    ]);
    const byKey = new Map(ids.map((row) => [row.externalId, row]));
    for (const { index, externalId } of rows) {
      const row = byKey.get(externalId);
      if (row) inserted.set(index, row);
    }
    report(batch.length);
  }
  await writeCategories(listId, plan, inserted);
  return inserted;
}

const sizeOf = (one: PlannedInsert | PlannedUpdate): number => {
  const { notes, description } = 'values' in one ? one.values : one.changes;
  return 200 + (notes?.length ?? 0) + (description?.length ?? 0);
};

function updateRow({ stored, changes }: PlannedUpdate): object {
  const { id, description, completedAt, dueOn, priority, order, assigneeId, availableFrom, availableUntil } = stored;
  return {
    id,
    description,
    completedAt,
    dueOn,
    priority,
    order,
    assigneeId,
    availableFrom,
    availableUntil,
    keepsNotes: changes.notes === undefined,
    ...changes,
  };
}

async function writeCategories(listId: number, { inserts, updates }: Plan, inserted: Inserted): Promise<void> {
  const wanted = [
    ...inserts.map(({ index, categories }) => ({
      taskId: inserted.get(index)?.id,
      before: [] as number[],
      categories,
    })),
    ...updates.flatMap(({ stored, categories }) =>
      categories ? [{ taskId: stored.id, before: stored.categoryIds, categories }] : [],
    ),
  ];
  const removed: [taskId: number, categoryId: number][] = [];
  const added: typeof removed = [];
  for (const { taskId, before, categories } of wanted) {
    if (taskId === undefined) continue;
    const after = categories.flatMap(({ id }) => id ?? []);
    for (const id of before) if (!after.includes(id)) removed.push([taskId, id]);
    for (const id of after) if (!before.includes(id)) added.push([taskId, id]);
  }
  for (const [text, pairs] of [
    [REMOVE_CATEGORIES, removed],
    [ADD_CATEGORIES, added],
  ] as const) {
    for (const batch of chunk(pairs, BATCH.rows))
      await sql(text, [batch.map(([taskId]) => taskId), batch.map(([, categoryId]) => categoryId), listId]);
  }
}

/** One that somebody else has just created serves as well. */
async function createMissing(listId: number, missing: CategoryReference[]): Promise<void> {
  if (missing.length === 0) return;
  const values = [listId, JSON.stringify(missing.map(({ name, color }) => ({ name, color })))];
  const doc = 'json_to_recordset($2::json) AS doc (name jsonb, color text)';
  await sql(
    `INSERT INTO categories (list_id, name, color) SELECT $1, name, color FROM ${doc}
    ON CONFLICT (list_id, folded_name) DO NOTHING`,
    values,
  );
  const created = await sql<{ id: number; name: string }>(
    `
    SELECT c.id, doc.name ->> 'original' AS name FROM ${doc}
    JOIN categories c ON c.list_id = $1 AND c.folded_name = fold_text(doc.name ->> 'original', true)`,
    values,
  );
  const ids = new Map(created.map(({ id, name }) => [name, id]));
  for (const one of missing) one.id = ids.get(one.name.original) ?? null;
}

const COLUMNS = `description text, notes text, "completedAt" timestamptz, "dueOn" date, priority smallint,
  "order" double precision,  "assigneeId" integer, "availableFrom" timestamptz, "availableUntil" timestamptz`;

/** In the order of the docs, so that the ids are too. */
const INSERT = `
  INSERT INTO tasks (
    list_id, user_id, external_provider, external_id, description, notes,
    completed_at, due_on, priority, position, assignee_id, available_from, available_until
  )
  SELECT $1, $2, $3, "externalId", description, notes,
    "completedAt", "dueOn", priority, "order", "assigneeId", "availableFrom", "availableUntil"
  FROM json_to_recordset($4::json) AS doc (index integer, "externalId" text, ${COLUMNS}) ORDER BY index
  RETURNING id, external_id AS "externalId"`;
const UPDATE = `
  UPDATE tasks t SET description = doc.description, notes = CASE WHEN doc."keepsNotes" THEN t.notes ELSE doc.notes END,
    completed_at = doc."completedAt", due_on = doc."dueOn", priority = doc.priority, position = doc."order",
    assignee_id = doc."assigneeId",
    available_from = doc."availableFrom", available_until = doc."availableUntil", deleted_at = NULL
  FROM json_to_recordset($1::json) AS doc (id integer, "keepsNotes" boolean, ${COLUMNS}) WHERE t.id = doc.id`;
const TRASH = 'UPDATE tasks SET deleted_at = now() WHERE id = ANY($1::integer[])';
const PURGE = 'DELETE FROM tasks WHERE id = ANY($1::integer[])';
const ADD_CATEGORIES = `
  INSERT INTO task_categories (task_id, category_id, list_id) SELECT task_id, category_id, $3
  FROM unnest($1::integer[], $2::integer[]) AS pair (task_id, category_id) ON CONFLICT DO NOTHING`;
const REMOVE_CATEGORIES = `
  DELETE FROM task_categories tc USING unnest($1::integer[], $2::integer[]) AS pair (task_id, category_id)
  WHERE tc.task_id = pair.task_id AND tc.category_id = pair.category_id AND tc.list_id = $3`;
