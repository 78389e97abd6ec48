import type { Request, Response } from 'express';
import { viewerOf } from '../../middleware/authenticate.ts';
import { backTo } from '../redirect-back.ts';
import { completeTask, reopenTask } from '../../models/task/commands.ts';

/** Where a knot may stand: on a list or on the task's own page. */
const KNOTS = /^\/(tasks(\/(\d+|mine))?)?$/;

export async function create(req: Request, res: Response): Promise<void> {
  await completeTask(res.locals.task, viewerOf(res));
  res.redirect(303, backTo(req, '/tasks', KNOTS));
}

export async function destroy(req: Request, res: Response): Promise<void> {
  await reopenTask(res.locals.task, viewerOf(res));
  res.redirect(303, backTo(req, '/tasks', KNOTS));
}
