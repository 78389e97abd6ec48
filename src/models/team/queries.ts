import { literal } from 'sequelize';
import { sql } from '../../database/sql.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { Membership, type Role } from './membership.ts';
import { Team } from './team.ts';

/** A member as the team's page shows it. */
export interface Member {
  id: number;
  name: string;
  email: string;
  emailConfirmed: boolean;
  role: Role;
  disabled: boolean;
}

/** @returns null where there is no such team or the viewer is no member */
export function findVisibleTeam(viewer: Viewer, id: number): Promise<Team | null> {
  const own = { association: 'memberships', attributes: [], where: { userId: viewer.id } };
  return Team.findOne({ where: { id }, include: own, subQuery: false });
}

/** A team with the viewer's role in it, and its list. */
export interface OwnTeam {
  team: Team;
  role: Role;
  listId: number;
}

/** The viewer's teams by name, or only the one with this id. */
export async function teamsOf(viewer: Viewer, id?: number): Promise<OwnTeam[]> {
  const teams = await Team.findAll({
    where: id === undefined ? {} : { id },
    include: [
      { association: 'memberships', attributes: ['role'], where: { userId: viewer.id } },
      { association: 'list', attributes: ['id'] },
    ],
    order: [
      [literal('"Team".folded_name'), 'ASC'],
      ['id', 'ASC'],
    ],
  });
  return teams.flatMap((team) => {
    const { memberships: [own] = [], list } = team;
    return own && list ? [{ team, role: own.role, listId: list.id }] : [];
  });
}

/** Owners first, then by name. */
export async function membersOf(team: Team): Promise<Member[]> {
  const members = await team.getMembers({
    attributes: ['id', 'name', 'email', 'emailConfirmedAt', 'disabled'],
    joinTableAttributes: ['role'],
    order: [
      [literal(`"Membership"."role" = 'owner'`), 'DESC'],
      [literal('"User".folded_name'), 'ASC'],
      ['id', 'ASC'],
    ],
  });
  return members.map(({ id, name, email, emailConfirmedAt, disabled, Membership: { role } }) => ({
    id,
    name,
    email,
    emailConfirmed: emailConfirmedAt !== null,
    role,
    disabled,
  }));
}

/** @returns null for somebody who is no member */
export async function roleOf(team: Team, userId: number): Promise<Role | null> {
  return (await findMembership(team, userId))?.role ?? null;
}

export function findMembership(team: Team, userId: number): Promise<Membership | null> {
  return Membership.findOne({ where: { teamId: team.id, userId } });
}

/**
 * The viewer and all active people who share a team with them, by name.
 * @param chosen is included even if disabled
 */
export function peopleInTeamsOf(viewer: Viewer, chosen?: number): Promise<{ id: number; name: string }[]> {
  return sql(PEOPLE, [viewer.id, chosen ?? null]);
}

const PEOPLE = `
  SELECT u.id, u.name FROM users u WHERE u.id = $1 OR ((NOT u.disabled OR u.id = $2) AND u.id IN (
    SELECT others.user_id FROM memberships mine JOIN memberships others ON others.team_id = mine.team_id
    WHERE mine.user_id = $1
  )) ORDER BY u.folded_name, u.id`;
