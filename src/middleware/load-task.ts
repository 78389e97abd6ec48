import type { NextFunction, Request, Response } from 'express';
import type { Viewer } from '../database/visible-lists.ts';
import { HttpError, notFound } from '../lib/http-error.ts';
import { idInPath } from '../lib/parse.ts';
import type { Task } from '../models/index.ts';
import type { TaskRecord } from '../models/task/record.ts';
import { viewerOf } from './authenticate.ts';
import { requireLocal } from './locals.ts';
import { findTaskDetails, findVisibleTask } from '../models/task/queries.ts';

declare global {
  namespace Express {
    interface Locals {
      /** For commands. Set by loadTask and loadTrashedTask; read by taskOf. */
      task?: Task;
      /** For pages: with author and categories. Set by loadTaskDetails; read by taskDetailsOf. */
      taskDetails?: TaskRecord;
    }
  }
}

/** A task that the viewer sees, but in the trash: the error page says so, with the way to restore it. */
export class TrashedTaskError extends HttpError {
  readonly task: Task;

  constructor(task: Task) {
    super(404, 'errors.taskTrashed');
    this.task = task;
  }
}

async function missing(viewer: Viewer, id: number): Promise<HttpError> {
  const trashed = await findVisibleTask(viewer, id, { inTrash: true });
  return trashed ? new TrashedTaskError(trashed) : notFound();
}

/** Loads the task of `:id`. @throws HttpError 404 unless the viewer sees it outside the trash */
export async function loadTask(req: Request, res: Response, next: NextFunction): Promise<void> {
  const task = await findVisibleTask(viewerOf(res), idInPath(req.params.id));
  if (!task) throw await missing(viewerOf(res), idInPath(req.params.id));
  res.locals.task = task;
  next();
}

/** Loads the task of `:id` to edit: one in the trash only where the form says `restore`. @throws HttpError 404 */
export async function loadTaskToEdit(req: Request, res: Response, next: NextFunction): Promise<void> {
  const { restore } = req.body as { restore?: unknown };
  await (restore === 'on' ? loadTrashedTask : loadTask)(req, res, next);
}

/** Loads the task of `:id`. @throws HttpError 404 unless the viewer sees it in the trash */
export async function loadTrashedTask(req: Request, res: Response, next: NextFunction): Promise<void> {
  const task = await findVisibleTask(viewerOf(res), idInPath(req.params.id), { inTrash: true });
  if (!task) throw notFound();
  res.locals.task = task;
  next();
}

export const taskOf = (res: Response): Task => requireLocal(res, 'task', 'loadTask or loadTrashedTask');

/** Loads the task of `:id` as its page shows it. @throws HttpError 404 unless the viewer sees it outside the trash */
export async function loadTaskDetails(req: Request, res: Response, next: NextFunction): Promise<void> {
  const record = await findTaskDetails(viewerOf(res), idInPath(req.params.id));
  if (!record) throw await missing(viewerOf(res), idInPath(req.params.id));
  res.locals.taskDetails = record;
  next();
}

export const taskDetailsOf = (res: Response): TaskRecord => requireLocal(res, 'taskDetails', 'loadTaskDetails');
