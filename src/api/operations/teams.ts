import { z } from 'zod';
import { forbidden, notFound } from '../../lib/http-error.ts';
import { ValidationError } from '../../lib/errors.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import * as commands from '../../models/team/commands.ts';
import { mayManage } from '../../models/team/membership.ts';
import { membersOf, teamsOf, type OwnTeam } from '../../models/team/queries.ts';
import { presentMember, presentTeam } from '../../presenters/team.ts';
import { listHeaders, numberedPaging } from '../../schemas/paging.ts';
import { idParams } from '../../schemas/shared.ts';
import { memberBody, memberSchema, teamBody, teamDeletion, teamSchema } from '../../schemas/team.ts';
import { absoluteUrls, noContent, ok, pageOf } from '../response.ts';
import { operation } from '../operation.ts';

const tag = 'Teams';

export const listTeams = operation({
  method: 'get',
  path: '/teams',
  tag,
  summary: 'List your teams',
  description: 'Sorted by name.',
  scope: 'read',
  query: z.strictObject(numberedPaging),
  responses: { 200: { description: 'A page of teams.', schema: z.array(teamSchema), headers: listHeaders } },
  async run({ viewer, query, req }) {
    const url = absoluteUrls(req);
    return pageOf(req, await teamsOf(viewer), query, {
      idOf: ({ team }) => team.id,
      present: (own) => presentTeam(own.team, own, url),
    });
  },
});

export const createTeam = operation({
  method: 'post',
  path: '/teams',
  tag,
  summary: 'Create a team',
  description: 'You become its owner. The team has a list of its own.',
  scope: 'write',
  idempotent: true,
  body: teamBody,
  example: { body: { name: 'Garden' } },
  responses: {
    201: { description: 'The new team.', schema: teamSchema, headers: { Location: 'The URL of the team.' } },
  },
  async run({ viewer, body: { name }, req }) {
    const { id } = await commands.createTeam(viewer, name);
    const own = await requireTeam(viewer, id);
    const body = presentTeam(own.team, own, absoluteUrls(req));
    return { status: 201, body, headers: { Location: body.url } };
  },
});

const oneTeam = { path: '/teams/{id}', tag, params: idParams } as const;

export const getTeam = operation({
  ...oneTeam,
  method: 'get',
  summary: 'Get a team',
  scope: 'read',
  responses: { 200: { description: 'The team.', schema: teamSchema } },
  async run({ viewer, params: { id }, req }) {
    const own = await requireTeam(viewer, id);
    return ok(presentTeam(own.team, own, absoluteUrls(req)));
  },
});

export const updateTeam = operation({
  ...oneTeam,
  method: 'patch',
  summary: 'Rename a team',
  description: 'For owners.',
  scope: 'write',
  body: teamBody.partial(),
  example: { body: { name: 'Allotment' } },
  responses: { 200: { description: 'The updated team.', schema: teamSchema } },
  async run({ viewer, params: { id }, body: { name }, req }) {
    const own = await requireOwnTeam(viewer, id);
    const team = name === undefined ? own.team : await commands.renameTeam(own.team, viewer, name);
    return ok(presentTeam(team, own, absoluteUrls(req)));
  },
});

export const deleteTeam = operation({
  ...oneTeam,
  method: 'delete',
  summary: 'Delete a team with its list and everything in it',
  description: 'For owners. This cannot be undone, and so the body repeats the name of the team.',
  scope: 'write',
  body: teamDeletion,
  example: { body: { name: 'Orchard' } },
  responses: { 204: { description: 'Deleted.' } },
  async run({ viewer, params: { id }, body: { name } }) {
    const { team } = await requireOwnTeam(viewer, id);
    if (!team.isNamed(name)) throw new ValidationError({ path: 'name', message: 'errors.teamNameRepeat' });
    await commands.destroyTeam(team, viewer);
    return noContent;
  },
});

export const listMembers = operation({
  method: 'get',
  path: '/teams/{id}/members',
  tag,
  summary: 'List the members of a team',
  description: 'Owners first, then by name.',
  scope: 'read',
  params: idParams,
  query: z.strictObject(numberedPaging),
  responses: { 200: { description: 'A page of members.', schema: z.array(memberSchema), headers: listHeaders } },
  async run({ viewer, params: { id }, query, req }) {
    const { team } = await requireTeam(viewer, id);
    const url = absoluteUrls(req);
    return pageOf(req, await membersOf(team), query, {
      idOf: (member) => member.id,
      present: (member) => presentMember(member, id, url),
    });
  },
});

const oneMember = {
  path: '/teams/{id}/members/{userId}',
  tag,
  params: idParams.extend({
    userId: idParams.shape.id.meta({ type: 'integer', description: 'The id of the user.', example: 12 }),
  }),
} as const;

export const getMember = operation({
  ...oneMember,
  method: 'get',
  summary: 'Get a member of a team',
  scope: 'read',
  responses: { 200: { description: 'The member.', schema: memberSchema } },
  async run({ viewer, params: { id, userId }, req }) {
    return ok(presentMember(await requireMember(await requireTeam(viewer, id), userId), id, absoluteUrls(req)));
  },
});

export const updateMember = operation({
  ...oneMember,
  method: 'patch',
  summary: 'Change the role of a member',
  description: 'For owners. A team always has an owner.',
  scope: 'write',
  body: memberBody,
  example: { body: { role: 'owner' } },
  responses: { 200: { description: 'The updated member.', schema: memberSchema } },
  async run({ viewer, params: { id, userId }, body: { role }, req }) {
    const own = await requireOwnTeam(viewer, id);
    await commands.changeRole(own.team, viewer, userId, role);
    return ok(presentMember(await requireMember(own, userId), id, absoluteUrls(req)));
  },
});

export const removeMember = operation({
  ...oneMember,
  method: 'delete',
  summary: 'Remove a member, or leave a team',
  description: 'Owners may remove anyone, every member may leave; a team always has an owner.',
  scope: 'write',
  responses: { 204: { description: 'Removed. Their tasks in the team’s list are unassigned.' } },
  problems: ['validation'],
  async run({ viewer, params: { id, userId } }) {
    const { team, role } = await requireTeam(viewer, id);
    if (userId !== viewer.id && !mayManage(role)) throw forbidden('errors.ownersOnly');
    await commands.removeMember(team, viewer, userId);
    return noContent;
  },
});

/** @throws HttpError 404 unless the viewer is a member */
export async function requireTeam(viewer: Viewer, id: number): Promise<OwnTeam> {
  const [own] = await teamsOf(viewer, id);
  if (!own) throw notFound();
  return own;
}

/** @throws HttpError 404 unless the viewer is a member, 403 unless an owner */
export async function requireOwnTeam(viewer: Viewer, id: number): Promise<OwnTeam> {
  const own = await requireTeam(viewer, id);
  if (!mayManage(own.role)) throw forbidden('errors.ownersOnly');
  return own;
}

async function requireMember({ team }: OwnTeam, userId: number) {
  const member = (await membersOf(team)).find(({ id }) => id === userId);
  if (!member) throw notFound();
  return member;
}
