import type { Request } from 'express';
import { ValidationError } from '../../../lib/errors.ts';
import type { Viewer } from '../../../database/visible-lists.ts';
import { answerCategory, categoryAnswer } from '../../category-answer.ts';
import { checkMatch } from '../../entity-tag.ts';
import { operation, type Answer } from '../../operation.ts';
import { categoryPatch, newCategoryBody } from '../../../schemas/category.ts';
import { idParams, ifMatch } from '../../../schemas/shared.ts';
import { type CategoryChanges, updateCategory, withCategoryLock } from '../../../models/category/commands.ts';
import { resolveVisibleList } from '../../../models/list/queries.ts';

const onOneCategory = {
  path: '/categories/{id}',
  tag: 'Categories',
  scope: 'write',
  params: idParams,
  headers: ifMatch,
  answers: { 200: categoryAnswer('The category as it is now.') },
  problems: ['preconditionFailed'],
} as const;

export const patchCategory = operation({
  ...onOneCategory,
  method: 'patch',
  summary: 'Change something of a category',
  description:
    'What is left out stays as it is, languages of the name too; `null` takes one away. Text alone is the original name.',
  body: categoryPatch,
  example: { body: { name: { zh: '家' } } },
  run: ({ viewer, params: { id }, body: { name, color, listId }, req }) =>
    change(viewer, id, listId, { name, color: color === null ? 'grey' : color }, req),
});

export const putCategory = operation({
  ...onOneCategory,
  method: 'put',
  summary: 'Replace a category',
  description: 'The name then has the languages that are sent and no others.',
  body: newCategoryBody,
  example: { body: { name: 'House', color: 'green' } },
  run: ({ viewer, params: { id }, body: { name, color, listId }, req }) =>
    change(viewer, id, listId, { name, color, replace: true }, req),
});

function change(
  viewer: Viewer,
  id: number,
  listId: number | undefined,
  changes: CategoryChanges,
  req: Request,
): Promise<Answer> {
  return withCategoryLock(viewer, id, async (category) => {
    checkMatch(req, answerCategory(req, category).headers.ETag);
    if (listId !== undefined && listId !== category.listId) await refuseMove(viewer, listId);
    return answerCategory(req, await updateCategory(category, viewer, changes));
  });
}

async function refuseMove(viewer: Viewer, listId: number): Promise<never> {
  await resolveVisibleList(viewer, listId);
  throw new ValidationError({ path: 'listId', message: 'errors.listFixed' });
}
