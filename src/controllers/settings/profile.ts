import type { Request, Response } from 'express';
import { z } from 'zod';
import { countryCodes, countryName } from '../../lib/countries.ts';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { updateProfile } from '../../models/user/commands.ts';
import { pendingEmailChange } from '../../models/user/email-changes.ts';
import { findByViewer } from '../../models/user/queries.ts';
import { countryCode } from '../../schemas/me.ts';
import * as fields from '../../schemas/user.ts';
import { emptyToNull } from '../../schemas/shared.ts';

const profileForm = z.object({
  name: fields.personName,
  timeZone: fields.timeZone,
  country: z.preprocess(emptyToNull, countryCode.nullable()),
});

export async function show(_req: Request, res: Response): Promise<void> {
  res.render('settings/profile', { ...(await profileLocals(res)), errors: {} });
}

export async function update(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  try {
    const changes = parse(profileForm, req.body);
    await updateProfile(await findByViewer(viewer), changes);
    await res.locals.keepFlash({ kind: 'notice', key: 'accounts.profile.changed' });
    res.redirect(303, '/settings/profile');
  } catch (error) {
    const locals = await profileLocals(res);
    await renderFormErrors(error, res, 'settings/profile', {
      ...locals,
      input: { ...locals.input, ...typedIn(req.body) },
    });
  }
}

/** Locals of the profile page, without errors. */
export async function profileLocals(res: Response) {
  const viewer = viewerOf(res);
  const { name, timeZone, country, emailConfirmedAt } = await findByViewer(viewer);
  return {
    input: { name, timeZone, country: country ?? '', email: '' },
    isConfirmed: emailConfirmedAt !== null,
    waiting: await pendingEmailChange(viewer),
    timeZones: [...new Set(['UTC', timeZone, ...Intl.supportedValuesOf('timeZone')])].sort(),
    countries: countriesIn(res.locals.locale),
  };
}

function countriesIn(locale: string): { value: string; label: string }[] {
  const { compare } = new Intl.Collator(locale);
  return countryCodes
    .map((code) => ({ value: code, label: countryName(code, locale) }))
    .sort((one, other) => compare(one.label, other.label));
}
