import type { CategoryPayload } from '../shared/events.ts';

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
