import type { Request, Response } from 'express';
import { z } from 'zod';
import { countryCodes, countryName } from '../../lib/countries.ts';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { EmailChange, User } from '../../models/index.ts';
import { countryCode } from '../../schemas/me.ts';
import { emptyToNull } from '../../schemas/paging.ts';
import { timeZone } from '../../schemas/user.ts';
import * as fields from '../accounts/fields.ts';
import { typedIn } from '../form-errors.ts';
import { showFormAgain } from '../show-form.ts';

const profileForm = z.object({
  name: fields.name,
  timeZone,
  country: z.preprocess(emptyToNull, countryCode.nullable()),
});

export async function show(_req: Request, res: Response): Promise<void> {
  res.render('settings/profile', { ...(await profileLocals(res)), errors: {} });
}

export async function update(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  try {
    const changes = parse(profileForm, req.body);
    await (await User.of(viewer)).describe(changes);
    await res.locals.keepFlash({ kind: 'notice', key: 'accounts.profile.changed' });
    res.redirect(303, '/settings/profile');
  } catch (error) {
    const locals = await profileLocals(res);
    await showFormAgain(error, res, 'settings/profile', {
      ...locals,
      input: { ...locals.input, ...typedIn(req.body) },
    });
  }
}

/** What the page shows besides what is wrong. */
export async function profileLocals(res: Response) {
  const viewer = viewerOf(res);
  const { name, timeZone: zone, country } = await User.of(viewer);
  return {
    input: { name, timeZone: zone, country: country ?? '', email: '' },
    waiting: await EmailChange.waiting(viewer),
    timeZones: [...new Set(['UTC', zone, ...Intl.supportedValuesOf('timeZone')])].sort(),
    countries: countriesIn(res.locals.locale),
  };
}

function countriesIn(locale: string): { value: string; label: string }[] {
  const { compare } = new Intl.Collator(locale);
  return countryCodes
    .map((code) => ({ value: code, label: countryName(code, locale) }))
    .sort((one, other) => compare(one.label, other.label));
}
