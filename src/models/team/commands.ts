import { sql } from '../../database/sql.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { announce } from '../../events/index.ts';
import { ForbiddenError, NotFoundError, ValidationError } from '../../lib/errors.ts';
import { recordAudit } from '../audit/commands.ts';
import { List } from '../list/list.ts';
import { Membership, mayManage, type Role } from './membership.ts';
import { findMembership, membersOf, roleOf } from './queries.ts';
import { Team } from './team.ts';

/** Creates a team with its list; the viewer becomes its first owner. */
export function createTeam(viewer: Viewer, name: string): Promise<Team> {
  return unitOfWork(viewer.id, async () => {
    await lockUser(viewer.id);
    const team = await Team.create({ name });
    await List.create({ userId: null, teamId: team.id });
    await Membership.create({ userId: viewer.id, teamId: team.id, role: 'owner' });
    announceAccess(viewer.id);
    return team;
  });
}

/** @throws ForbiddenError where the viewer is no longer an owner */
export function renameTeam(team: Team, viewer: Viewer, name: string): Promise<Team> {
  return withOwnerLock(team, viewer, async () => {
    await team.update({ name });
    const { id } = await List.findOne({ where: { teamId: team.id }, rejectOnEmpty: true });
    afterCommit(() => {
      announce('changed', 'task_updated', { id: null, listId: id });
    });
    return team;
  });
}

/**
 * A unit of work in which nobody joins, leaves or changes roles.
 * @throws ForbiddenError where the viewer is no longer an owner, NotFoundError where the team is gone
 */
export function withOwnerLock<T>(team: Team, viewer: Pick<Viewer, 'id'>, work: () => Promise<T>): Promise<T> {
  return unitOfWork(viewer.id, async () => {
    await lockMembers(team);
    await checkManages(team, viewer);
    return work();
  });
}

/** Existing members keep their role; disabled users are not added. @returns whether somebody joined */
export async function addMember(team: Team, actorId: number, userId: number): Promise<boolean> {
  return unitOfWork(actorId, async () => {
    const joined = await sql(INSERT_MEMBER, [userId, team.id]);
    if (joined.length === 0) return false;
    await recordAudit('member_joined', { actorId, userId, details: { team: team.name } });
    announceAccess(userId);
    return true;
  });
}

/**
 * @throws ValidationError where the team would have no owner, ForbiddenError where the viewer is no longer one,
 * NotFoundError for somebody who is no member
 */
export function changeRole(team: Team, viewer: Viewer, userId: number, role: Role): Promise<void> {
  return withOwnerLock(team, viewer, async () => {
    const membership = await findMembership(team, userId);
    if (!membership) throw new NotFoundError();
    if (role === membership.role) return;
    if (role !== 'owner') await checkAnotherOwner(team, userId);
    await membership.update({ role });
    await recordAudit('role_changed', { actorId: viewer.id, userId, details: { team: team.name, role } });
  });
}

/** Members remove themselves, owners anybody. A trigger unassigns the person's tasks. @throws like `changeRole` */
export function removeMember(team: Team, viewer: Viewer, userId: number): Promise<void> {
  return unitOfWork(viewer.id, async () => {
    await lockMembers(team);
    if (userId !== viewer.id) await checkManages(team, viewer);
    const membership = await findMembership(team, userId);
    if (!membership) throw new NotFoundError();
    await checkAnotherOwner(team, userId);
    await membership.destroy();
    await recordAudit('member_removed', { actorId: viewer.id, userId, details: { team: team.name } });
    announceAccess(userId);
  });
}

/** Deletes the team with its list and everything in it. @throws like `withOwnerLock` */
export async function destroyTeam(team: Team, viewer: Viewer): Promise<void> {
  await withOwnerLock(team, viewer, async () => {
    const members = await membersOf(team);
    await team.destroy();
    await recordAudit('team_deleted', {
      actorId: viewer.id,
      details: { team: team.name, members: members.length },
    });
    for (const { id } of members) announceAccess(id);
  });
}

/** The limit of teams takes this lock too, and people are locked before teams. */
export async function lockUser(userId: number): Promise<void> {
  await sql('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [userId]);
}

/** Without the lock, two owners who leave at once would each find the other still there. */
async function lockMembers(team: Team): Promise<void> {
  await Team.findByPk(team.id, { lock: true, rejectOnEmpty: new NotFoundError() });
}

/** Checked again under the lock: the role may have changed since the request began. */
async function checkManages(team: Team, viewer: Pick<Viewer, 'id'>): Promise<void> {
  if (!mayManage(await roleOf(team, viewer.id))) throw new ForbiddenError('errors.ownersOnly');
}

async function checkAnotherOwner(team: Team, userId: number): Promise<void> {
  const owners = (await membersOf(team)).filter(({ role }) => role === 'owner');
  if (owners.length === 1 && owners[0]?.id === userId)
    throw new ValidationError({ path: '', message: 'errors.lastOwner' });
}

/** The lists that this person sees have changed: their tabs join and leave rooms accordingly. */
function announceAccess(userId: number): void {
  afterCommit(() => {
    announce('access_changed', { userId });
  });
}

const INSERT_MEMBER =
  'INSERT INTO memberships (user_id, team_id) SELECT id, $2 FROM users WHERE id = $1 AND NOT disabled ' +
  'ON CONFLICT (user_id, team_id) DO NOTHING RETURNING id';
