import { Op, type LOCK } from 'sequelize';
import type { Cursor } from '../../database/cursor.ts';
import { sql } from '../../database/sql.ts';
import { inVisibleLists, visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import type { CategoryRecord } from '../task/record.ts';
import { Category } from './category.ts';

/** A category with its timestamps. */
export interface StoredCategory extends CategoryRecord {
  createdAt: Date;
  updatedAt: Date;
}

export interface CategoryPage {
  categories: StoredCategory[];
  /** By the folded original name. */
  next: Cursor | null;
}

/** @returns null where it does not exist or is not in a list of the viewer */
export function findVisibleCategory(
  viewer: Viewer,
  id: number,
  { lock }: { lock?: LOCK } = {},
): Promise<Category | null> {
  return Category.findOne({ where: { id, listId: inVisibleLists(viewer) }, ...(lock && { lock }) });
}

/** The number of open tasks of each of these categories, by id. */
export async function countOpenTasks(categories: { id: number }[]): Promise<Map<number, number>> {
  const rows = await sql<{ id: number; open: number }>(OPEN, [categories.map(({ id }) => id)]);
  return new Map(rows.map(({ id, open }) => [id, open]));
}

/** The categories of the viewer's lists, or of one of them, by name, page by page. */
export async function categoriesPage(
  viewer: Viewer,
  listId: number | undefined,
  after: Cursor | null,
  size: number,
  offset = 0,
): Promise<CategoryPage> {
  const [name = null, id = null] = after ?? [];
  const rows = await sql<StoredCategory & { sortName: string }>(PAGE, [viewer.id, listId, name, id, size + 1, offset]);
  const categories = rows.slice(0, size).map(({ sortName: _, ...category }) => category);
  const last = rows.length > size ? rows[size - 1] : undefined;
  return { categories, next: last ? [last.sortName, last.id] : null };
}

/** The number of categories in the viewer's lists, or in one of them. */
export function countCategories(viewer: Viewer, listId: number | undefined): Promise<number> {
  return Category.count({
    where: { [Op.and]: [{ listId: inVisibleLists(viewer) }, listId === undefined ? {} : { listId }] },
  });
}

/** Of the user `$1`, and only of the list `$2` unless it is null. */
const WITHIN = `list_id IN ${visibleListIds('$1')} AND ($2::integer IS NULL OR list_id = $2)`;

const PAGE = `
  SELECT id, list_id AS "listId", name, color, created_at AS "createdAt", updated_at AS "updatedAt",
    folded_name AS "sortName"
  FROM categories WHERE ${WITHIN} AND ($3::text IS NULL OR (folded_name, id) > ($3, $4::integer))
  ORDER BY folded_name, id LIMIT $5 OFFSET $6`;

const OPEN = `
  SELECT category_id AS id, count(*)::integer AS open FROM task_categories tc JOIN tasks t ON t.id = tc.task_id
  WHERE tc.category_id = ANY($1::integer[]) AND t.deleted_at IS NULL AND t.completed_at IS NULL AND t.available
  GROUP BY category_id`;
