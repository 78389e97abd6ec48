import type { Request, Response } from 'express';
import { z } from 'zod';
import { ValidationError } from '../../lib/errors.ts';
import { parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { sidebarOf } from '../../middleware/load-sidebar.ts';
import { roleOf, teamOf } from '../../middleware/load-team.ts';
import { mayManage } from '../../models/team/membership.ts';
import { renderFormErrors, typedIn } from '../form-errors.ts';
import { createTeam, destroyTeam, renameTeam } from '../../models/team/commands.ts';
import { openInvitations } from '../../models/team/invitations.ts';
import { membersOf } from '../../models/team/queries.ts';
import { findTeamList } from '../../models/list/queries.ts';
import { repeatedTeamName, teamName } from '../../schemas/team.ts';

const teamForm = z.object({ name: teamName });
const deletionForm = z.object({ name: repeatedTeamName });

export function index(_req: Request, res: Response): void {
  res.render('teams/index', { teams: sidebarOf(res).lists.filter(({ teamId }) => teamId !== null) });
}

export function newForm(_req: Request, res: Response): void {
  res.render('teams/new', { input: {}, errors: {} });
}

export async function create(req: Request, res: Response): Promise<void> {
  try {
    const team = await createTeam(viewerOf(res), parse(teamForm, req.body).name);
    res.redirect(303, `/teams/${team.id}`);
  } catch (error) {
    await renderFormErrors(error, res, 'teams/new', { input: typedIn(req.body) });
  }
}

export async function show(_req: Request, res: Response): Promise<void> {
  res.render('teams/show', {
    ...(await teamLocals(res)),
    ...res.locals.takeOnce(),
    input: { name: teamOf(res).name },
    errors: {},
  });
}

export async function update(req: Request, res: Response): Promise<void> {
  const team = teamOf(res);
  try {
    await renameTeam(team, viewerOf(res), parse(teamForm, req.body).name);
    res.redirect(303, `/teams/${team.id}`);
  } catch (error) {
    await team.reload();
    await renderFormErrors(error, res, 'teams/show', { ...(await teamLocals(res)), input: typedIn(req.body) });
  }
}

/** Needs the team's name typed, so that nobody deletes a team by accident. */
export async function destroy(req: Request, res: Response): Promise<void> {
  const team = teamOf(res);
  try {
    const { name } = parse(deletionForm, req.body);
    if (!team.isNamed(name)) throw new ValidationError({ path: 'confirmation', message: 'errors.teamNameRepeat' });
    await destroyTeam(team, viewerOf(res));
    await res.locals.keepFlash({ kind: 'notice', key: 'teams.deleted', options: { name: team.name } });
    res.redirect(303, '/teams');
  } catch (error) {
    const { name: confirmation } = typedIn(req.body);
    await renderFormErrors(error, res, 'teams/show', {
      ...(await teamLocals(res)),
      input: { name: team.name, confirmation },
    });
  }
}

/** Locals of the team's page, without input and errors. */
export async function teamLocals(res: Response) {
  const team = teamOf(res);
  const manages = mayManage(roleOf(res));
  return {
    team,
    manages,
    list: await findTeamList(team.id),
    members: await membersOf(team),
    invitations: manages ? await openInvitations(team) : [],
    invited: null,
  };
}
