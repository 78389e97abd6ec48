import {
  DataTypes,
  Model,
  Op,
  UniqueConstraintError,
  literal,
  type BelongsToManyGetAssociationsMixin,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type LOCK,
  type Sequelize,
} from 'sequelize';
import { announce } from '../../events/index.ts';
import type { Cursor } from '../../database/cursor.ts';
import { NotFoundError, ValidationError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import type { CategoryColor } from '../../shared/limits.ts';
import type { LocalizedText } from '../../shared/events.ts';
import type { CategoryRecord } from '../task/record.ts';
import type { Task } from '../task/task.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import { database } from '../../database/connection.ts';

export interface CategoryInput {
  /** The original name, or that in several languages. */
  name: string | LocalizedText;
  color: CategoryColor;
}

/** What is left out stays. Of the name, languages that are left out stay too, and null takes one away. */
export interface CategoryChanges {
  name?: Record<string, string | null> | undefined;
  color?: CategoryColor | undefined;
  /** The name has no other languages. */
  replace?: boolean | undefined;
}

/** A category with the times of its record. */
export interface StoredCategory extends CategoryRecord {
  createdAt: Date;
  updatedAt: Date;
}

export interface CategoryPage {
  categories: StoredCategory[];
  /** By the original name in lower case. */
  next: Cursor | null;
}

/** A coloured label in a list. */
export class Category extends Model<InferAttributes<Category>, InferCreationAttributes<Category>> {
  declare id: CreationOptional<number>;
  declare listId: number;
  declare name: LocalizedText;
  declare color: CategoryColor;
  declare seed: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
  declare getTasks: BelongsToManyGetAssociationsMixin<Task>;

  static define(sequelize: Sequelize): void {
    const changed = ({ id, listId }: Category): void => {
      afterCommit(() => {
        announce('changed', 'category_changed', { id, listId });
      });
    };
    Category.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        listId: { type: DataTypes.INTEGER, allowNull: false },
        name: { type: DataTypes.JSONB, allowNull: false },
        color: { type: DataTypes.TEXT, allowNull: false },
        seed: { type: DataTypes.BOOLEAN, defaultValue: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      {
        sequelize,
        tableName: 'categories',
        hooks: { afterCreate: changed, afterUpdate: changed, afterDestroy: changed },
      },
    );
  }

  /** The categories of the viewer's lists by name, each with how many open tasks carry it. */
  static list(viewer: Viewer): Promise<(CategoryRecord & { open: number })[]> {
    return sql(LIST, [viewer.id]);
  }

  /** The categories of the viewer's lists, or of one of them, by name, page by page. */
  static async page(
    viewer: Viewer,
    listId: number | undefined,
    after: Cursor | null,
    size: number,
  ): Promise<CategoryPage> {
    const [name = null, id = null] = after ?? [];
    const rows = await sql<StoredCategory & { sortName: string }>(PAGE, [
      viewer.id,
      listId ?? null,
      name,
      id,
      size + 1,
    ]);
    const categories = rows.slice(0, size).map(({ sortName: _, ...category }) => category);
    const last = rows.length > size ? rows[size - 1] : undefined;
    return { categories, next: last ? [last.sortName, last.id] : null };
  }

  /** How many categories there are in the viewer's lists, or in one of them. */
  static async total(viewer: Viewer, listId: number | undefined): Promise<number> {
    const [row] = await sql<{ n: number }>(`SELECT count(*)::integer AS n FROM categories WHERE ${WITHIN}`, [
      viewer.id,
      listId ?? null,
    ]);
    return row?.n ?? 0;
  }

  /** @returns null where it is not there or not in a list of the viewer */
  static async visible(viewer: Viewer, id: number, { lock }: { lock?: LOCK } = {}): Promise<Category | null> {
    return Category.findOne({
      where: { id, listId: { [Op.in]: literal(visibleListIds(database().escape(viewer.id))) } },
      ...(lock && { lock }),
    });
  }

  /** Makes a category in one of the viewer's lists. @throws ValidationError when the list has that name already */
  static write(viewer: Viewer, listId: number, { name, color }: CategoryInput): Promise<Category> {
    const names = typeof name === 'string' ? { original: name } : name;
    return namedOnce(() => unitOfWork(viewer.id, () => Category.create({ listId, name: names, color })));
  }

  /**
   * A unit of work on a category of the viewer as it is now, locked. The lock is none for who holds a task and
   * gives it this category, so `remove` may lock the tasks after it.
   * @throws NotFoundError
   */
  static whileLocked<T>(viewer: Viewer, id: number, work: (category: Category) => Promise<T>): Promise<T> {
    return unitOfWork(viewer.id, async (transaction) => {
      const category = await Category.visible(viewer, id, { lock: transaction.LOCK.NO_KEY_UPDATE });
      if (!category) throw new NotFoundError();
      return work(category);
    });
  }

  /** Changes the original name and the colour; translations that are there stay. @throws ValidationError when the list has that name already */
  rewrite(viewer: Viewer, { name, color }: CategoryInput): Promise<Category> {
    return this.change(viewer, { name: typeof name === 'string' ? { original: name } : name, color });
  }

  /** Changes what is given, in the category as it is stored now. @throws ValidationError when the list has that name already */
  change(viewer: Viewer, { name, color, replace = false }: CategoryChanges): Promise<Category> {
    return namedOnce(() =>
      Category.whileLocked(viewer, this.id, (stored) => {
        const names = Object.entries({ ...(!replace && stored.name), ...name }).filter(([, text]) => text !== null);
        return stored.update({
          ...(color && { color }),
          ...(name && { name: Object.fromEntries(names) as LocalizedText }),
        });
      }),
    );
  }

  /** Removes the label; its tasks stay, and are locked first: tasks, then lists, always. */
  async remove(viewer: Viewer): Promise<void> {
    await unitOfWork(viewer.id, async (transaction) => {
      await this.getTasks({
        attributes: ['id'],
        order: [['id', 'ASC']],
        lock: transaction.LOCK.NO_KEY_UPDATE,
        paranoid: false,
        joinTableAttributes: [],
      });
      await this.destroy();
    });
  }
}

async function namedOnce(work: () => Promise<Category>): Promise<Category> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UniqueConstraintError)
      throw new ValidationError({ path: 'name', message: 'errors.categoryNameTaken' });
    throw error;
  }
}

/** Of the user `$1`, and of the list `$2` where one is asked for. */
const WITHIN = `list_id IN ${visibleListIds('$1')} AND ($2::integer IS NULL OR list_id = $2)`;

const PAGE = `
  SELECT id, list_id AS "listId", name, color, created_at AS "createdAt", updated_at AS "updatedAt", lower(name ->> 'original') AS "sortName"
  FROM categories WHERE ${WITHIN} AND ($3::text IS NULL OR (lower(name ->> 'original'), id) > ($3, $4::integer))
  ORDER BY lower(name ->> 'original'), id LIMIT $5`;

const LIST = `
  SELECT c.id, c.list_id AS "listId", c.name, c.color, (
    SELECT count(*) FROM task_categories tc JOIN tasks t ON t.id = tc.task_id
    WHERE tc.category_id = c.id AND t.deleted_at IS NULL AND t.completed_at IS NULL AND t.available
  )::integer AS open
  FROM categories c WHERE c.list_id IN ${visibleListIds('$1')} ORDER BY lower(c.name ->> 'original'), c.id`;
