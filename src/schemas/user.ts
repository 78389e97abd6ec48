import { z } from 'zod';
import { canonicalEmail } from '../lib/email.ts';
import { isTimeZone } from '../lib/local-time.ts';
import { limits, locales } from '../shared/limits.ts';
import { followedTaskSchema } from './follow.ts';
import { flag, numberedPaging, paging, searchText } from './paging.ts';
import { boolean, line, requiredLine, reserved, time, url } from './shared.ts';

/** Longer than any password can be, to bound the work of comparing one. */
const MAX_PASSWORD_INPUT = 1000;

export const personName = requiredLine(limits.name, 'errors.nameMissing', 'errors.nameTooLong');
export const email = requiredLine(limits.email, 'errors.emailMissing', 'errors.emailTooLong')
  .refine((text) => canonicalEmail(text) !== null, 'errors.emailInvalid')
  .overwrite((text) => canonicalEmail(text) ?? text)
  .meta({ format: 'email' });
/** At sign-in any text is looked up: an address that nobody has is answered like a wrong password. */
export const signInEmail = z.string('errors.emailMissing').trim().min(1, 'errors.emailMissing');
/** `models/user/password-rules.ts` looks at it more closely. */
export const newPassword = z
  .string('errors.passwordMissing')
  .min(limits.passwordMin, 'errors.passwordTooShort')
  .max(limits.passwordMax, 'errors.passwordTooLong');
export const currentPassword = z
  .string('errors.passwordMissing')
  .min(1, 'errors.passwordMissing')
  .max(MAX_PASSWORD_INPUT, 'errors.passwordTooLong');
export const locale = z.enum(locales, 'errors.invalid');
export const timeZone = z.string('errors.timeZoneUnknown').refine(isTimeZone, 'errors.timeZoneUnknown');
/** The time zone that the page's script fills in; without one times are shown in UTC. */
export const browserTimeZone = z
  .string()
  .optional()
  .transform((zone) => (zone && isTimeZone(zone) ? zone : 'UTC'));
/** Why a user is disabled; empty is no reason. */
export const disabledReason = line(limits.reason, 'errors.reasonTooLong')
  .nullish()
  .transform((reason) => (reason === '' ? null : reason));

const authoredTask = z.object({
  id: z.int(),
  listId: z.int(),
  description: z.string().nullable().meta({ description: 'Null if you cannot see its list.' }),
  completed: z.boolean(),
  createdAt: time,
});

export const emailConfirmed = z
  .boolean()
  .meta({ description: 'Whether a link mailed to the address was used; otherwise it may be somebody else’s.' });

export const userSchema = z
  .object({
    id: z.int(),
    url,
    name: z.string(),
    email: z.string(),
    emailConfirmed,
    admin: z.boolean(),
    disabled: z.boolean().meta({ description: 'Disabled users cannot sign in, and their tokens do not work.' }),
    disabledReason: z
      .string()
      .nullable()
      .meta({ description: 'Visible to administrators only.', example: 'Has left the company' }),
    locale: z.string(),
    timeZone: z.string(),
    taskCount: z.int().meta({ description: 'Number of tasks created by the user, except those in the trash.' }),
    createdAt: time,
    updatedAt: time,
    teams: z
      .array(z.object({ id: z.int(), name: z.string() }))
      .optional()
      .meta({ description: 'Present with `teams=1`.' }),
    tasks: z
      .array(authoredTask)
      .optional()
      .meta({ description: 'Present with `tasks=1`: the newest 100 tasks created by the user.' }),
  })
  .meta({ id: 'User', description: 'An account, as administrators see it.' });

const part = (what: string) =>
  flag.default(false).meta({ type: 'boolean', description: `\`1\`: return ${what} of each user.` });

/** What can be returned with each user. */
export const userParts = { teams: part('the teams'), tasks: part('the newest tasks') };

export const userListQuery = z.strictObject({
  ...numberedPaging,
  ...userParts,
  q: searchText
    .optional()
    .meta({ description: 'Text that the name or the email address contains, ignoring case.', example: 'an' }),
  tasksOver: z
    .string('errors.invalid')
    .regex(/^\d{1,9}$/, 'errors.invalid')
    .transform(Number)
    .optional()
    .meta({ type: 'integer', description: 'Only users who have created more tasks than this.', example: 10 }),
  'filter[disabled]': flag.optional().meta({ type: 'boolean' }),
  'filter[admin]': flag.optional().meta({ type: 'boolean' }),
});

const reason = disabledReason.meta({
  type: ['string', 'null'],
  description: 'Stored only while the user is disabled.',
});

/** What PUT takes: everything that administrators set. */
export const userPut = z.strictObject({
  disabled: boolean,
  disabledReason: reason,
  admin: boolean,
  ...reserved(
    'id',
    'url',
    'name',
    'email',
    'emailConfirmed',
    'locale',
    'timeZone',
    'taskCount',
    'createdAt',
    'updatedAt',
    'teams',
    'tasks',
    'followedTasks',
  ),
});

/** What PATCH takes: fields that are left out stay. */
export const userPatch = userPut.partial();

/** `{id}` of a path. */
export const userParams = z.object({
  id: z.string().min(1).max(limits.email).meta({
    type: 'integer',
    description: 'The id of the user. The email address is understood too.',
    example: 12,
  }),
});

export const userFollowsQuery = z.strictObject({
  ...userParts,
  read: flag.optional().meta({
    type: 'boolean',
    description: '`true`: only followed tasks that you have read. `false`: only those changed since.',
  }),
  limit: paging.limit,
  after: paging.after,
});

export const userFollowsSchema = userSchema
  .extend({
    followedTasks: z.array(followedTaskSchema).optional().meta({
      description: 'A page of the tasks that you follow, newest first; see `Link`. Present in your own account only.',
    }),
  })
  .meta({ id: 'UserWithFollows', description: 'An account with the tasks that it follows.' });
