import type { NextFunction, Request, Response } from 'express';
import { notFound } from '../lib/http-error.ts';
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

/** Loads the task of `:id`. @throws HttpError 404 unless the viewer sees it outside the trash */
export async function loadTask(req: Request, res: Response, next: NextFunction): Promise<void> {
  const task = await findVisibleTask(viewerOf(res), idInPath(req.params.id));
  if (!task) throw notFound();
  res.locals.task = task;
  next();
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
  if (!record) throw notFound();
  res.locals.taskDetails = record;
  next();
}

export const taskDetailsOf = (res: Response): TaskRecord => requireLocal(res, 'taskDetails', 'loadTaskDetails');
