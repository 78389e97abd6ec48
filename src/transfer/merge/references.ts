import { sql } from '../../database/sql.ts';
import type { LocalizedText } from '../../shared/events.ts';
import type { CategoryColor } from '../../shared/limits.ts';
import { visibleListIds } from '../../database/visible-lists.ts';
import type { MergeDoc, NamedCategory } from './options.ts';

/** A category that docs name; it has no id until it is made. */
export interface NamedReference {
  id: number | null;
  name: LocalizedText;
  color: CategoryColor;
}

/** What docs refer to: all of it belongs to the list. */
export interface References {
  categoryIds: Set<number>;
  assigneeIds: Set<number>;
  /** By the name as the docs write it. */
  named: Map<string, NamedReference>;
  missing: NamedReference[];
}

/** Reads what docs refer to. Categories are kept from being removed until the work is done. */
export async function readReferences(listId: number, docs: MergeDoc[]): Promise<References> {
  const asked = new Map<string, NamedCategory>();
  // The first doc that names one says how it looks.
  for (const category of docs.flatMap(({ categories = [] }) => categories))
    if (!asked.has(category.name.original)) asked.set(category.name.original, category);
  const named = [...asked.values()];
  const stored = await sql<Folded>(
    `SELECT id, lower(name ->> 'original') AS folded FROM categories WHERE list_id = $1 ORDER BY id FOR KEY SHARE`,
    [listId],
  );
  return {
    categoryIds: new Set(stored.map(({ id }) => id)),
    assigneeIds: await assignees(listId, docs),
    ...pair(named, stored, await fold(named)),
  };
}

interface Folded {
  id: number;
  folded: string;
}

/** Makes the categories that are missing; one that somebody else has just made serves as well. */
export async function makeMissing(listId: number, missing: NamedReference[]): Promise<void> {
  if (missing.length === 0) return;
  const values = [listId, JSON.stringify(missing.map(({ name, color }) => ({ name, color })))];
  const doc = 'json_to_recordset($2::json) AS doc (name jsonb, color text)';
  await sql(
    `INSERT INTO categories (list_id, name, color) SELECT $1, name, color FROM ${doc}
    ON CONFLICT (list_id, lower(name ->> 'original')) DO NOTHING`,
    values,
  );
  const made = await sql<{ id: number; asked: string }>(
    `
    SELECT c.id, doc.name ->> 'original' AS asked FROM ${doc}
    JOIN categories c ON c.list_id = $1 AND lower(c.name ->> 'original') = lower(doc.name ->> 'original')`,
    values,
  );
  const ids = new Map(made.map(({ id, asked }) => [asked, id]));
  for (const one of missing) one.id = ids.get(one.name.original) ?? null;
}

/** The database's own idea of upper and lower case, which its unique index holds. */
async function fold(categories: NamedCategory[]): Promise<Map<string, string>> {
  if (categories.length === 0) return new Map();
  const rows = await sql<{ name: string; folded: string }>(
    'SELECT name, lower(name) AS folded FROM unnest($1::text[]) AS asked (name)',
    [categories.map(({ name }) => name.original)],
  );
  return new Map(rows.map(({ name, folded }) => [name, folded]));
}

function pair(
  categories: NamedCategory[],
  stored: Folded[],
  folds: Map<string, string>,
): Pick<References, 'named' | 'missing'> {
  const byFold = new Map<string, NamedReference>();
  const ids = new Map(stored.map(({ id, folded }) => [folded, id]));
  const named = new Map<string, NamedReference>();
  for (const { name, color = 'grey' } of categories) {
    const folded = folds.get(name.original) ?? name.original;
    const reference = byFold.get(folded) ?? { id: ids.get(folded) ?? null, name, color };
    byFold.set(folded, reference);
    named.set(name.original, reference);
  }
  return { named, missing: [...byFold.values()].filter(({ id }) => id === null) };
}

/** Of the people whom docs name, those who may see the list and sign in. */
async function assignees(listId: number, docs: MergeDoc[]): Promise<Set<number>> {
  const asked = new Set(docs.flatMap(({ assigneeId }) => assigneeId ?? []));
  if (asked.size === 0) return new Set();
  const rows = await sql<{ id: number }>(
    `SELECT u.id FROM users u WHERE u.id = ANY($1::integer[]) AND NOT u.disabled AND $2 IN ${visibleListIds('u.id')}`,
    [[...asked], listId],
  );
  return new Set(rows.map(({ id }) => id));
}
