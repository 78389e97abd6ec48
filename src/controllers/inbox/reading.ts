import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { TaskMark } from '../../models/index.ts';
import { backTo } from '../back-to.ts';
import { readShown } from './news.ts';

/** Where the form may stand: in the inbox or on a task's own page. */
const FORMS = /^\/(inbox|tasks\/\d+)$/;
/** Characters of what a page shows. */
const LONGEST = 6000;

const form = z.strictObject({
  shown: z.string('errors.invalid').max(LONGEST, 'errors.invalid').transform((text, context) => {
    const shown = readShown(text);
    if (!shown) context.addIssue({ code: 'custom', message: 'errors.invalid', input: text });
    return shown ?? [];
  }),
});

/** What the page has shown is read; what has come since is not. */
export async function create(req: Request, res: Response): Promise<void> {
  await TaskMark.readShown(viewerOf(res), parse(form, req.body).shown);
  res.redirect(303, backTo(req, '/inbox', FORMS));
}
