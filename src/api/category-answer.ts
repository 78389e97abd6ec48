import type { Request } from 'express';
import { addressesFor } from './address.ts';
import { entityTag } from './entity-tag.ts';
import type { Answer, ResponseDoc } from './operation.ts';
import { presentCategoryResource } from '../presenters/category-resource.ts';
import { categorySchema } from '../schemas/category.ts';
import type { StoredCategory } from '../models/category/queries.ts';

/** A category as the answer to a request, with the tag of what it says. */
export function answerCategory(
  req: Request,
  category: StoredCategory,
  status = 200,
): Answer & { headers: { ETag: string } } {
  const body = presentCategoryResource(category, addressesFor(req));
  return {
    status,
    body,
    headers: { ETag: entityTag(JSON.stringify(body)), ...(status === 201 && { Location: body.url }) },
  };
}

/** How the documentation shows it. */
export const categoryAnswer = (description: string, headers: Record<string, string> = {}): ResponseDoc => ({
  description,
  schema: categorySchema,
  headers: { ETag: 'For If-None-Match and If-Match.', ...headers },
});
