import type { NextFunction, Request, Response } from 'express';
import { notFound } from '../lib/http-error.ts';
import { idInPath } from '../lib/record-id.ts';
import { Task } from '../models/index.ts';
import type { TaskRecord } from '../models/task/record.ts';
import { viewerOf } from './authenticate.ts';
import { findTaskDetails, findVisibleTask } from '../models/task/queries.ts';

declare global {
  namespace Express {
    interface Locals {
      /** The task of the URL, to change: filled by loadTask and loadTrashedTask. */
      task: Task;
      /** The task of the URL, to look at, with author and categories: filled by loadRecord. */
      record: TaskRecord;
    }
  }
}

/** @throws HttpError 404 where the viewer has no such task outside the trash */
export async function loadTask(req: Request, res: Response, next: NextFunction): Promise<void> {
  const task = await findVisibleTask(viewerOf(res), idInPath(req.params.id));
  if (!task) throw notFound();
  res.locals.task = task;
  next();
}

/** @throws HttpError 404 where the viewer has no such task in the trash */
export async function loadTrashedTask(req: Request, res: Response, next: NextFunction): Promise<void> {
  const task = await findVisibleTask(viewerOf(res), idInPath(req.params.id), { inTrash: true });
  if (!task) throw notFound();
  res.locals.task = task;
  next();
}

/** @throws HttpError 404 where the viewer has no such task outside the trash */
export async function loadRecord(req: Request, res: Response, next: NextFunction): Promise<void> {
  const record = await findTaskDetails(viewerOf(res), idInPath(req.params.id));
  if (!record) throw notFound();
  res.locals.record = record;
  next();
}
