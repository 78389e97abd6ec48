import type { Request, Response } from 'express';
import { z } from 'zod';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { renderFormErrors } from '../form-errors.ts';
import { updateProfile } from '../../models/user/commands.ts';
import { findByViewer } from '../../models/user/queries.ts';
import { locale } from '../../schemas/user.ts';

const languageForm = z.object({ locale });

/** The overview of the settings, with the form for the language. */
export function show(_req: Request, res: Response): void {
  const { locale } = viewerOf(res);
  res.render('settings/show', { input: { locale }, errors: {} });
}

export async function updateLanguage(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  try {
    const input = parse(languageForm, req.body);
    await updateProfile(await findByViewer(viewer), { locale: input.locale });
    await res.locals.keepFlash({ kind: 'notice', key: 'accounts.language.changed' });
    res.redirect(303, '/settings');
  } catch (error) {
    await renderFormErrors(error, res, 'settings/show', { input: { locale: viewer.locale } });
  }
}
