/** One's own account: what the settings change besides the profile. */
import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import { id, time } from './shared.ts';
import { invitationToken } from './team.ts';
import { currentPassword, email, newPassword } from './user.ts';

const keepTokens = z.array(id, 'errors.invalid').max(limits.tokens, 'errors.invalid');
const described = { description: 'The ids of tokens that go on, besides that of the request.' };

export const passwordBody = z.strictObject({
  currentPassword,
  newPassword,
  keepTokens: keepTokens.default([]).meta(described),
});
/** Comma-separated. */
export const keptTokenIds = z
  .string('errors.invalid')
  .transform((text) => text.split(',').map(Number))
  .pipe(keepTokens)
  .default([])
  .meta({ type: 'string', ...described, example: '12,13' });

export const emailChange = z.object({ email, currentPassword });
/** Deleting the account needs the password too. */
export const accountDeletion = z.object({ currentPassword });
/** In the body, because addresses are logged. */
export const emailConfirmation = invitationToken;

export const sessionSchema = z
  .object({
    id: z.int(),
    agent: z.string().nullable().meta({ description: 'The `User-Agent` of the browser.' }),
    address: z.string().nullable().meta({ description: 'The IP address from which it was begun.' }),
    createdAt: time,
    lastSeenAt: time.meta({ description: 'Accurate to an hour.' }),
  })
  .meta({ id: 'Session', description: 'A browser in which you are signed in.' });
