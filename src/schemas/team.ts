import { z } from 'zod';
import { limits } from '../shared/limits.ts';
import { requiredLine, reserved, time, url } from './shared.ts';
import { email, emailConfirmed } from './user.ts';

export const memberRoles = ['owner', 'member'] as const;

const role = z.enum(memberRoles, 'errors.invalid');

/** The name of a team, which is the name of its list. */
export const teamName = requiredLine(limits.name, 'errors.teamNameMissing', 'errors.nameTooLong');

/** The name of the team, repeated, so that nobody deletes a team by accident. */
export const repeatedTeamName = z.string('errors.teamNameRepeat');

/** What a form and the API say about a member. */
export const memberRole = z.object({ role });

/** Null: a link for anyone who has it. */
export const invitedEmail = email.nullable();

export const teamSchema = z
  .object({
    id: z.int(),
    url,
    name: z.string(),
    role: role.meta({ description: 'Your own role. Owners rename and delete the team, and manage its members.' }),
    listId: z.int().meta({ description: 'The list of the team.' }),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Team', description: 'A group of people who share a list.' });

export const teamBody = z.strictObject({
  name: teamName,
  ...reserved('id', 'url', 'role', 'listId', 'createdAt', 'updatedAt'),
});

export const teamDeletion = z.strictObject({
  name: repeatedTeamName.meta({ description: 'The name of the team, to confirm.', example: 'Garden' }),
});

export const memberSchema = z
  .object({
    id: z.int().meta({ description: 'The id of the user.' }),
    url,
    name: z.string(),
    email: z.string(),
    emailConfirmed,
    role,
    disabled: z.boolean(),
  })
  .meta({ id: 'Member', description: 'Somebody in a team.' });

export const memberBody = z.strictObject({
  ...memberRole.shape,
  ...reserved('id', 'url', 'name', 'email', 'emailConfirmed', 'disabled'),
});

export const invitationSchema = z
  .object({
    id: z.int(),
    email: z.string().nullable().meta({ description: 'Whom it is for; null: anyone who has the link.' }),
    createdAt: time,
    expiresAt: time,
  })
  .meta({ id: 'Invitation', description: 'An invitation to a team that can still be used.' });

export const newInvitationSchema = invitationSchema
  .extend({
    link: z.url().nullable().meta({
      description: 'The page on which it is accepted, ending in its token; returned only once. Null if it was mailed.',
    }),
  })
  .meta({ id: 'NewInvitation' });

export const invitationBody = z.strictObject({
  email: invitedEmail.default(null).meta({ description: 'Whom it is for; null: a link for anyone who has it.' }),
});

/** In the body, because addresses are logged. */
export const invitationToken = z.strictObject({
  token: z.string('errors.invalid').min(1, 'errors.invalid').max(200, 'errors.invalid').meta({
    description: 'The last part of the link.',
    example: 'kqT5cZ0m2c8ZkUjvO7t1oWmZ5S0l3h6mXq9c2nL4wYo',
  }),
});
