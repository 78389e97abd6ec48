import { randomUUID } from 'node:crypto';
import { chunk } from '../../lib/chunk.ts';
import { sql } from '../../database/sql.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import type { MergeDoc, MergeOptions } from './options.ts';
import type { Plan, PlannedInsert, PlannedUpdate } from './plan.ts';

/** Rows of one statement, and letters: with long notes a thousand rows take a while, and statements have their time. */
const BATCH = { rows: 1000, size: 1_000_000 };

/** What was inserted, by the docs' index. */
export type Inserted = Map<number, { id: number; externalId: string }>;

/** Writes a plan: every statement writes a batch of rows, and the triggers their events with it. */
export async function applyPlan<Doc extends MergeDoc>(
  viewer: Viewer,
  plan: Plan,
  options: MergeOptions<Doc>,
): Promise<Inserted> {
  const { listId, provider, remove, onProgress } = options;
  let written = 0;
  const done = (rows: number): void => {
    onProgress?.((written += rows));
  };
  for (const batch of chunk(plan.removes, BATCH.rows)) {
    await sql(remove === 'physical' ? PURGE : TRASH, [batch.map(({ id }) => id)]);
    done(batch.length);
  }
  for (const batch of chunk(plan.updates, BATCH.rows, sizeOf, BATCH.size)) {
    await sql(UPDATE, [JSON.stringify(batch.map(updateRow))]);
    done(batch.length);
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
    for (const { index, externalId } of rows) inserted.set(index, byKey.get(externalId)!);
    done(batch.length);
  }
  await label(listId, plan, inserted);
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

async function label(listId: number, { inserts, updates }: Plan, inserted: Inserted): Promise<void> {
  const wanted = [
    ...inserts.map(({ index, labels }) => ({ taskId: inserted.get(index)!.id, had: [] as number[], labels })),
    ...updates.flatMap(({ stored, labels }) =>
      labels ? [{ taskId: stored.id, had: stored.categoryIds, labels }] : [],
    ),
  ];
  const pairs = wanted.map(({ taskId, had, labels }) => ({ taskId, had, ids: labels.map(({ id }) => id!) }));
  const taken = pairs.flatMap(({ taskId, had, ids }) =>
    had.filter((id) => !ids.includes(id)).map((id) => [taskId, id] as const),
  );
  const added = pairs.flatMap(({ taskId, had, ids }) =>
    ids.filter((id) => !had.includes(id)).map((id) => [taskId, id] as const),
  );
  for (const [text, all] of [
    [UNLABEL, taken],
    [LABEL, added],
  ] as const) {
    for (const batch of chunk(all, BATCH.rows)) {
      await sql(text, [batch.map(([taskId]) => taskId), batch.map(([, categoryId]) => categoryId), listId]);
    }
  }
}

const COLUMNS = `description text, notes text, "completedAt" timestamptz, "dueOn" date, priority smallint, "order" double precision,
  "assigneeId" integer, "availableFrom" timestamptz, "availableUntil" timestamptz`;

/** In the order of the docs, so that ids rise with it. */
const INSERT = `
  INSERT INTO tasks (list_id, user_id, external_provider, external_id, description, notes, completed_at, due_on, priority, position, assignee_id, available_from, available_until)
  SELECT $1, $2, $3, "externalId", description, notes, "completedAt", "dueOn", priority, "order", "assigneeId", "availableFrom", "availableUntil"
  FROM json_to_recordset($4::json) AS doc (index integer, "externalId" text, ${COLUMNS}) ORDER BY index
  RETURNING id, external_id AS "externalId"`;
const UPDATE = `
  UPDATE tasks t SET description = doc.description, notes = CASE WHEN doc."keepsNotes" THEN t.notes ELSE doc.notes END,
    completed_at = doc."completedAt", due_on = doc."dueOn", priority = doc.priority, position = doc."order", assignee_id = doc."assigneeId",
    available_from = doc."availableFrom", available_until = doc."availableUntil", deleted_at = NULL
  FROM json_to_recordset($1::json) AS doc (id integer, "keepsNotes" boolean, ${COLUMNS}) WHERE t.id = doc.id`;
const TRASH = 'UPDATE tasks SET deleted_at = now() WHERE id = ANY($1::integer[])';
const PURGE = 'DELETE FROM tasks WHERE id = ANY($1::integer[])';
const LABEL =
  'INSERT INTO task_categories (task_id, category_id, list_id) SELECT task_id, category_id, $3 FROM unnest($1::integer[], $2::integer[]) AS pair (task_id, category_id) ON CONFLICT DO NOTHING';
const UNLABEL =
  'DELETE FROM task_categories tc USING unnest($1::integer[], $2::integer[]) AS pair (task_id, category_id) WHERE tc.task_id = pair.task_id AND tc.category_id = pair.category_id AND tc.list_id = $3';
