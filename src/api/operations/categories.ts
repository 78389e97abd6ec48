import type { Request } from 'express';
import { z } from 'zod';
import type { Viewer } from '../../database/visible-lists.ts';
import { notFound } from '../../lib/http-error.ts';
import { ValidationError } from '../../lib/errors.ts';
import * as commands from '../../models/category/commands.ts';
import {
  categoriesPage,
  countCategories,
  findVisibleCategory,
  type StoredCategory,
} from '../../models/category/queries.ts';
import { resolveVisibleList } from '../../models/list/queries.ts';
import { presentCategoryResource } from '../../presenters/category.ts';
import { categoryPatch, categorySchema, defaultColor, newCategoryBody } from '../../schemas/category.ts';
import { idParam, listHeaders, numberedPaging } from '../../schemas/paging.ts';
import { idParams, ifMatch } from '../../schemas/shared.ts';
import { absoluteUrls, checkIfMatch, cursorIn, entityTag, noContent, ok, pageHeaders, windowOf } from '../response.ts';
import { operation, type OperationResponse, type ResponseDoc } from '../operation.ts';

const tag = 'Categories';

export const listCategories = operation({
  method: 'get',
  path: '/categories',
  tag,
  summary: 'List the categories of your lists',
  description: 'Sorted by name.',
  scope: 'read',
  query: z.strictObject({ ...numberedPaging, 'filter[listId]': idParam.optional() }),
  responses: {
    200: {
      description: 'A page of categories, with their names in every language.',
      schema: z.array(categorySchema),
      headers: listHeaders,
    },
  },
  async run({ viewer, query, req }) {
    const listId = query['filter[listId]'];
    const after = cursorIn(req, query.after, [{ kind: 'text' }]);
    const { size, offset } = windowOf(query);
    const { categories, next } = await categoriesPage(viewer, listId, after, size, offset ?? 0);
    const url = absoluteUrls(req);
    return ok(
      categories.map((category) => presentCategoryResource(category, url)),
      await pageHeaders(req, query, next, () => countCategories(viewer, listId)),
    );
  },
});

export const getCategory = operation({
  method: 'get',
  path: '/categories/{id}',
  tag,
  summary: 'Get a category',
  scope: 'read',
  params: idParams,
  responses: { 200: categoryResponse('The category.') },
  async run({ viewer, params: { id }, req }) {
    const category = await findVisibleCategory(viewer, id);
    if (!category) throw notFound();
    return respondWithCategory(req, category);
  },
});

export const createCategory = operation({
  method: 'post',
  path: '/categories',
  tag,
  summary: 'Create a category',
  scope: 'write',
  idempotent: true,
  body: newCategoryBody,
  example: { body: { name: { original: 'Home', es: 'Casa', ar: 'البيت' }, color: 'teal' } },
  responses: { 201: categoryResponse('The new category.', { Location: 'The URL of the category.' }) },
  async run({ viewer, body: { listId, name, color }, req }) {
    const category = await commands.createCategory(viewer, await resolveVisibleList(viewer, listId), { name, color });
    return respondWithCategory(req, category, 201);
  },
});

const oneCategory = {
  path: '/categories/{id}',
  tag,
  scope: 'write',
  params: idParams,
  headers: ifMatch,
  responses: { 200: categoryResponse('The updated category.') },
  problems: ['preconditionFailed'],
} as const;

export const updateCategory = operation({
  ...oneCategory,
  method: 'patch',
  summary: 'Update a category',
  description:
    'Fields and languages that you leave out keep their values; `null` removes a language. A plain ' +
    'string sets the original name.',
  body: categoryPatch,
  example: { body: { name: { zh: '家' } } },
  run: ({ viewer, params: { id }, body: { name, color, listId }, req }) =>
    update(viewer, id, listId, { name, color: color === null ? defaultColor : color }, req),
});

export const replaceCategory = operation({
  ...oneCategory,
  method: 'put',
  summary: 'Replace a category',
  description: 'Languages that you leave out are removed from the name.',
  body: newCategoryBody,
  example: { body: { name: 'House', color: 'green' } },
  run: ({ viewer, params: { id }, body: { name, color, listId }, req }) =>
    update(viewer, id, listId, { name, color, replace: true }, req),
});

export const deleteCategory = operation({
  method: 'delete',
  path: '/categories/{id}',
  tag,
  summary: 'Delete a category',
  description: 'This cannot be undone. The tasks in the category are kept.',
  scope: 'write',
  params: idParams,
  headers: ifMatch,
  responses: { 204: { description: 'Deleted.' } },
  problems: ['preconditionFailed'],
  async run({ viewer, params: { id }, req }) {
    await commands.withCategoryLock(viewer, id, async (category) => {
      checkIfMatch(req, respondWithCategory(req, category).headers.ETag);
      await commands.destroyCategory(category, viewer);
    });
    return noContent;
  },
});

function update(
  viewer: Viewer,
  id: number,
  listId: number | undefined,
  changes: commands.CategoryChanges,
  req: Request,
): Promise<OperationResponse> {
  return commands.withCategoryLock(viewer, id, async (category) => {
    checkIfMatch(req, respondWithCategory(req, category).headers.ETag);
    if (listId !== undefined && listId !== category.listId) await refuseMove(viewer, listId);
    return respondWithCategory(req, await commands.updateCategory(category, viewer, changes));
  });
}

/** A list that the viewer cannot see is reported as such first. */
async function refuseMove(viewer: Viewer, listId: number): Promise<never> {
  await resolveVisibleList(viewer, listId);
  throw new ValidationError({ path: 'listId', message: 'errors.listFixed' });
}

function respondWithCategory(
  req: Request,
  category: StoredCategory,
  status = 200,
): OperationResponse & { headers: { ETag: string } } {
  const body = presentCategoryResource(category, absoluteUrls(req));
  return {
    status,
    body,
    headers: { ETag: entityTag(JSON.stringify(body)), ...(status === 201 && { Location: body.url }) },
  };
}

function categoryResponse(description: string, headers: Record<string, string> = {}): ResponseDoc {
  return {
    description,
    schema: categorySchema,
    headers: { ETag: 'Send it in `If-None-Match` or `If-Match`.', ...headers },
  };
}
