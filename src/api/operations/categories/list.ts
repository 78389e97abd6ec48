import { z } from 'zod';
import { decodeCursor } from '../../../database/cursor.ts';
import { addressesFor, nextLink } from '../../address.ts';
import { ok, operation } from '../../operation.ts';
import { presentCategoryResource } from '../../../presenters/category-resource.ts';
import { categorySchema } from '../../../schemas/category.ts';
import { idAsked, listHeaders, paging } from '../../../schemas/paging.ts';
import { categoriesPage, countCategories } from '../../../models/category/queries.ts';

export const listCategories = operation({
  method: 'get',
  path: '/categories',
  tag: 'Categories',
  summary: 'The categories of your lists, by name',
  scope: 'read',
  query: z.strictObject({ ...paging, 'filter[listId]': idAsked.optional() }),
  answers: {
    200: {
      description: 'The categories, with their names in all languages.',
      schema: z.array(categorySchema),
      headers: listHeaders,
    },
  },
  async run({ viewer, query, req }) {
    const listId = query['filter[listId]'];
    const after = query.after === undefined ? null : decodeCursor(query.after, [{ kind: 'text' }]);
    const { categories, next } = await categoriesPage(viewer, listId, after, query.limit);
    const total: Record<string, string> = query.count
      ? { 'X-Total-Count': String(await countCategories(viewer, listId)) }
      : {};
    const address = addressesFor(req);
    return ok(
      categories.map((category) => presentCategoryResource(category, address)),
      { ...nextLink(req, next), ...total },
    );
  },
});
