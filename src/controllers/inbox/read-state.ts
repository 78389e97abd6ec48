import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { Follow } from '../../models/index.ts';
import { backTo } from '../redirect-back.ts';
import { shownItems } from '../../schemas/follow.ts';

/** Where the form may stand: in the inbox or on a task's own page. */
const FORMS = /^\/(inbox|tasks\/\d+)$/;

const shownForm = z.strictObject({ shown: shownItems });

/** All up to a moment, in milliseconds. */
const untilForm = z.strictObject({
  until: z
    .string('errors.invalid')
    .regex(/^\d{1,15}$/, 'errors.invalid')
    .transform((text) => new Date(Number(text))),
});

/** What the page has shown is read; what has come since is not. */
export async function create(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  if ('until' in ((req.body ?? {}) as object)) await Follow.readUntil(viewer, parse(untilForm, req.body).until);
  else await Follow.readShown(viewer, parse(shownForm, req.body).shown);
  res.redirect(303, backTo(req, '/inbox', FORMS));
}
