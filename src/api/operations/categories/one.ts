import { notFound } from '../../../lib/http-error.ts';
import { answerCategory, categoryAnswer } from '../../category-answer.ts';
import { checkMatch } from '../../entity-tag.ts';
import { noContent, operation } from '../../operation.ts';
import { newCategoryBody } from '../../../schemas/category.ts';
import { idParams, ifMatch } from '../../../schemas/shared.ts';
import { createCategory, destroyCategory, withCategoryLock } from '../../../models/category/commands.ts';
import { findVisibleCategory } from '../../../models/category/queries.ts';
import { resolveVisibleList } from '../../../models/list/queries.ts';

const tag = 'Categories';

export const readCategory = operation({
  method: 'get',
  path: '/categories/{id}',
  tag,
  summary: 'Read a category',
  scope: 'read',
  params: idParams,
  answers: { 200: categoryAnswer('The category.') },
  async run({ viewer, params: { id }, req }) {
    const category = await findVisibleCategory(viewer, id);
    if (!category) throw notFound();
    return answerCategory(req, category);
  },
});

export const writeCategory = operation({
  method: 'post',
  path: '/categories',
  tag,
  summary: 'Make a category',
  scope: 'write',
  idempotent: true,
  body: newCategoryBody,
  example: { body: { name: { original: 'Home', es: 'Casa', ar: 'البيت' }, color: 'teal' } },
  answers: { 201: categoryAnswer('The category.', { Location: 'Where it is.' }) },
  async run({ viewer, body: { listId, name, color }, req }) {
    return answerCategory(
      req,
      await createCategory(viewer, await resolveVisibleList(viewer, listId), { name, color }),
      201,
    );
  },
});

export const removeCategory = operation({
  method: 'delete',
  path: '/categories/{id}',
  tag,
  summary: 'Remove a category',
  description: 'For good; its tasks stay.',
  scope: 'write',
  params: idParams,
  headers: ifMatch,
  answers: { 204: { description: 'It is gone.' } },
  problems: ['preconditionFailed'],
  async run({ viewer, params: { id }, req }) {
    await withCategoryLock(viewer, id, async (category) => {
      checkMatch(req, answerCategory(req, category).headers.ETag);
      await destroyCategory(category, viewer);
    });
    return noContent;
  },
});
