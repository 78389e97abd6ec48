import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { User } from '../../models/index.ts';
import { locale } from '../accounts/fields.ts';
import { showFormAgain } from '../show-form.ts';

const languageForm = z.object({ locale });

export async function update(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  try {
    const input = parse(languageForm, req.body);
    await (await User.of(viewer)).changeLocale(input.locale);
    await res.locals.keepFlash({ kind: 'notice', key: 'accounts.language.changed' });
    res.redirect(303, '/settings');
  } catch (error) {
    await showFormAgain(error, res, 'settings/show', { input: { locale: viewer.locale } });
  }
}
