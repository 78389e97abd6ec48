import type { CategoryPayload } from '../shared/events.ts';
import type { SidebarList } from '../models/list/queries.ts';

/** The fields of a category that clients see, whatever else the row has. */
export const presentCategory = ({ id, listId, name, color }: CategoryPayload): CategoryPayload => ({
  id,
  listId,
  name,
  color,
});

/** A category as the API returns it. @param url makes an absolute URL of a path of the API */
export function presentCategoryResource(
  category: CategoryPayload & { createdAt: Date; updatedAt: Date },
  url: (path: string) => string,
) {
  const { id, ...fields } = presentCategory(category);
  return {
    id,
    url: url(`/categories/${String(id)}`),
    ...fields,
    createdAt: category.createdAt.toISOString(),
    updatedAt: category.updatedAt.toISOString(),
  };
}

/** A list as the API returns it. @param url makes an absolute URL of a path of the API */
export const presentList = (
  { id, name, epoch, version, open }: SidebarList,
  viewer: { listId: number },
  url: (path: string) => string,
) => ({ id, url: url(`/lists/${String(id)}`), name, personal: id === viewer.listId, epoch, version, open });
