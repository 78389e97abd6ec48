import { translateDatabaseErrors } from '../../database/errors.ts';
import { withRowLock, unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import type { LocalizedText } from '../../shared/events.ts';
import type { CategoryColor } from '../../shared/limits.ts';
import { Category } from './category.ts';
import { requireList } from '../list/queries.ts';
import { findVisibleCategory } from './queries.ts';

export interface CategoryInput {
  /** The original name, or the name in several languages. */
  name: string | LocalizedText;
  color: CategoryColor;
}

/** Undefined leaves it as it is. Languages of the name that are left out stay too, and null removes one. */
export interface CategoryChanges {
  /** Text alone is the original name. */
  name?: string | Record<string, string | null> | undefined;
  color?: CategoryColor | undefined;
  /** The name has no other languages than those given. */
  replace?: boolean | undefined;
}

const nameErrors = { categories_list_id_folded_name_key: { path: 'name', message: 'errors.categoryNameTaken' } };

/**
 * @throws ValidationError where the list is not the viewer's, or has a category of that name
 */
export function createCategory(viewer: Viewer, listId: number, { name, color }: CategoryInput): Promise<Category> {
  const names = typeof name === 'string' ? { original: name } : name;
  return translateDatabaseErrors(
    () =>
      unitOfWork(viewer.id, async () => {
        const category = await Category.create({ listId, name: names, color });
        await requireList(viewer, listId);
        return category;
      }),
    nameErrors,
  );
}

/** @throws NotFoundError, ValidationError where the list has a category of that name */
export function updateCategory(
  category: Category,
  viewer: Viewer,
  { name, color, replace = false }: CategoryChanges,
): Promise<Category> {
  const given = typeof name === 'string' ? { original: name } : name;
  return translateDatabaseErrors(
    () =>
      withCategoryLock(viewer, category, async () => {
        const names = Object.entries({ ...(!replace && category.name), ...given }).filter(([, text]) => text !== null);
        return category.update({
          ...(color && { color }),
          ...(given && { name: Object.fromEntries(names) as LocalizedText }),
        });
      }),
    nameErrors,
  );
}

/** Its tasks stay, and are locked first: tasks, then lists, always. */
export async function destroyCategory(category: Category, viewer: Viewer): Promise<void> {
  await unitOfWork(viewer.id, async (transaction) => {
    await category.getTasks({
      attributes: ['id'],
      order: [['id', 'ASC']],
      lock: transaction.LOCK.NO_KEY_UPDATE,
      paranoid: false,
      joinTableAttributes: [],
    });
    await category.destroy();
  });
}

/**
 * A unit of work on a category, locked and read first. The lock does not conflict with that of a task which takes this
 * category (`lockReferences`), so `destroyCategory` may lock the tasks after it.
 * @param category an instance, which takes the stored values, or an id
 * @throws NotFoundError
 */
export const withCategoryLock = <T>(
  viewer: Viewer,
  category: Category | number,
  work: (category: Category) => Promise<T>,
): Promise<T> => withRowLock(viewer.id, category, (id, lock) => findVisibleCategory(viewer, id, { lock }), work);
