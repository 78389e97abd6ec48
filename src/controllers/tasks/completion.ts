import type { Request, Response } from 'express';
import { viewerOf } from '../../middleware/authenticate.ts';
import { backTo } from '../redirect-back.ts';

/** Where a knot may stand: on a list or on the task's own page. */
const KNOTS = /^\/(tasks(\/(\d+|mine))?)?$/;

export async function create(req: Request, res: Response): Promise<void> {
  await res.locals.task.complete(viewerOf(res));
  res.redirect(303, backTo(req, '/tasks', KNOTS));
}

export async function destroy(req: Request, res: Response): Promise<void> {
  await res.locals.task.reopen(viewerOf(res));
  res.redirect(303, backTo(req, '/tasks', KNOTS));
}
