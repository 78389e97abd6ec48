import { z } from 'zod';
import { notFound } from '../../lib/http-error.ts';
import { invitationMail } from '../../mail/templates.ts';
import { throttleOf } from '../../middleware/limits.ts';
import { ownOrigin } from '../../middleware/security.ts';
import * as commands from '../../models/team/invitations.ts';
import { presentInvitation, presentTeam } from '../../presenters/team.ts';
import { listHeaders, numberedPaging } from '../../schemas/paging.ts';
import { idParams } from '../../schemas/shared.ts';
import {
  invitationBody,
  invitationSchema,
  invitationToken,
  newInvitationSchema,
  teamSchema,
} from '../../schemas/team.ts';
import { absoluteUrls, noContent, ok, pageOf } from '../response.ts';
import { operation } from '../operation.ts';
import { requireOwnTeam, requireTeam } from './teams.ts';

const ofTeam = { path: '/teams/{id}/invitations', tag: 'Invitations', params: idParams } as const;

export const listInvitations = operation({
  ...ofTeam,
  method: 'get',
  summary: 'List the invitations to a team that can still be used',
  description: 'For owners. The newest first.',
  scope: 'read',
  query: z.strictObject(numberedPaging),
  responses: {
    200: { description: 'A page of invitations.', schema: z.array(invitationSchema), headers: listHeaders },
  },
  async run({ viewer, params: { id }, query, req }) {
    const { team } = await requireOwnTeam(viewer, id);
    const invitations = await commands.openInvitations(team);
    return pageOf(req, invitations, query, { idOf: (one) => one.id, present: presentInvitation });
  },
});

export const createInvitation = operation({
  ...ofTeam,
  method: 'post',
  summary: 'Invite somebody to a team',
  description:
    'For owners. With an address the invitation is mailed, and only that person may accept it; an earlier one for ' +
    'the address ends. It is valid for a week.',
  scope: 'write',
  body: invitationBody,
  example: { body: { email: 'eve@example.com' } },
  responses: { 201: { description: 'The new invitation.', schema: newInvitationSchema } },
  async run({ viewer, params: { id }, body: { email }, req }) {
    const { team } = await requireOwnTeam(viewer, id);
    const { settings } = req.app.locals;
    const { secret, invitation } = await throttleOf(req).invite(viewer.id, () =>
      commands.createInvitation(viewer, team, email, invitationMail(viewer, team.name), settings.smtpUrl !== null),
    );
    const link = invitation.mailed ? null : `${ownOrigin(req, settings)}/invitations/${secret}`;
    const headers = { 'Cache-Control': 'no-store' };
    return { status: 201, body: { ...presentInvitation(invitation), link }, headers };
  },
});

export const deleteInvitation = operation({
  ...ofTeam,
  path: `${ofTeam.path}/{invitationId}`,
  method: 'delete',
  summary: 'Revoke an invitation',
  description: 'For owners.',
  scope: 'write',
  params: idParams.extend({ invitationId: idParams.shape.id }),
  responses: { 204: { description: 'Revoked.' } },
  async run({ viewer, params: { id, invitationId } }) {
    const { team } = await requireOwnTeam(viewer, id);
    const invitation = (await commands.openInvitations(team)).find((one) => one.id === invitationId);
    if (!invitation) throw notFound();
    await commands.revokeInvitation(invitation, viewer);
    return noContent;
  },
});

export const acceptInvitation = operation({
  method: 'post',
  path: '/invitations/accept',
  tag: 'Invitations',
  summary: 'Accept an invitation',
  description: 'You become a member of its team.',
  scope: 'write',
  body: invitationToken,
  example: { body: { token: 'kqT5cZ0m2c8ZkUjvO7t1oWmZ5S0l3h6mXq9c2nL4wYo' } },
  responses: { 200: { description: 'The team that you have joined.', schema: teamSchema } },
  problems: ['notFound', 'expired'],
  async run({ viewer, body: { token }, req }) {
    const invitation = await commands.findInvitationByToken(token);
    await commands.acceptInvitation(invitation, viewer);
    const own = await requireTeam(viewer, invitation.teamId);
    return ok(presentTeam(own.team, own, absoluteUrls(req)));
  },
});
