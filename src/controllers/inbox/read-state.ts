import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { backTo } from '../redirect-back.ts';
import { readShown } from '../../presenters/inbox.ts';
import { markAllAsRead, markShownAsRead } from '../../models/follow/commands.ts';

/** Where the form may stand: in the inbox or on a task's own page. */
const FORMS = /^\/(inbox|tasks\/\d+)$/;
/** Characters of what a page shows. */
const LONGEST = 6000;

const shownForm = z.strictObject({
  shown: z
    .string('errors.invalid')
    .max(LONGEST, 'errors.invalid')
    .transform((text, context) => {
      const shown = readShown(text);
      if (!shown) context.addIssue({ code: 'custom', message: 'errors.invalid', input: text });
      return shown ?? [];
    }),
});

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
  if ('until' in ((req.body ?? {}) as object)) await markAllAsRead(viewer, parse(untilForm, req.body).until);
  else await markShownAsRead(viewer, parse(shownForm, req.body).shown);
  res.redirect(303, backTo(req, '/inbox', FORMS));
}
