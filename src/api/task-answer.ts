import type { Request } from 'express';
import { z } from 'zod';
import { notFound } from '../lib/http-error.ts';
import type { Viewer } from '../database/visible-lists.ts';
import { addressesFor } from './address.ts';
import { entityTag } from './entity-tag.ts';
import type { Answer, ResponseDoc } from './operation.ts';
import { presentTaskResource, type TaskShape } from '../presenters/task-resource.ts';
import { selectedTaskSchema, taskSchema } from '../schemas/task.ts';
import { findTaskDetails } from '../models/task/queries.ts';

/** A task of the viewer as the answer to a request, with a tag that begins with its revision. @throws HttpError 404 */
export async function answerTask(
  req: Request,
  viewer: Viewer,
  id: number,
  shape: TaskShape & { trash?: boolean },
): Promise<Answer> {
  const task = await findTaskDetails(viewer, id, { inTrash: shape.trash ?? false });
  if (!task) throw notFound();
  const body = presentTaskResource(task, addressesFor(req), shape);
  return { status: 200, body, headers: { ETag: entityTag(JSON.stringify(body), task.revision) } };
}

/** How the documentation shows it. */
export const taskAnswer = (description: string, headers: Record<string, string> = {}): ResponseDoc => ({
  description,
  schema: z.union([taskSchema, selectedTaskSchema]),
  headers: { ETag: 'Begins with the revision; for If-None-Match and If-Match.', ...headers },
});
