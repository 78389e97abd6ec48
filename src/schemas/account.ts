/** One's own account: what the settings change besides the profile. */
import { z } from 'zod';
import { time } from './shared.ts';
import { invitationToken } from './team.ts';
import { currentPassword, email, newPassword } from './user.ts';

export const passwordChange = z.object({ currentPassword, newPassword });
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
