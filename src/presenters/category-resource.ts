import { presentCategory } from './category.ts';
import type { StoredCategory } from '../models/category/queries.ts';

/** A category as the API gives it. @param address of the API's paths, absolute */
export function presentCategoryResource(category: StoredCategory, address: (path: string) => string) {
  const { id, ...fields } = presentCategory(category);
  return {
    id,
    url: address(`/categories/${String(id)}`),
    ...fields,
    createdAt: category.createdAt.toISOString(),
    updatedAt: category.updatedAt.toISOString(),
  };
}
