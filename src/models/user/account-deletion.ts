import { emailKey } from '../../lib/email.ts';
import { ValidationError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { recordAudit } from '../audit/commands.ts';
import { checkCurrentPassword, wrongPassword } from './password.ts';
import { lockFirstAccount } from './registration.ts';
import { destroyAllSessions } from '../session/commands.ts';
import { destroyTeam } from '../team/commands.ts';
import { Team } from '../team/team.ts';
import { unitOfWork } from '../../database/transaction.ts';
import { checkAnotherAdministrator } from './rights.ts';
import type { User } from './user.ts';
import type { Viewer } from '../../database/visible-lists.ts';

/** What prevents the deletion of an account, and what is deleted with it. */
export interface DeletionImpact {
  /** Teams without other members: they are deleted too. */
  ends: { id: number; name: string }[];
  /** Teams that need another owner first. */
  handOver: { id: number; name: string }[];
  /** There are other accounts. */
  hasOthers: boolean;
  /** No administrator would be left. */
  lastAdmin: boolean;
}

export async function deletionImpact({ id }: User): Promise<DeletionImpact> {
  const teams = await sql<{ id: number; name: string; alone: boolean; needed: boolean }>(TEAMS, [id]);
  const [others = { hasOthers: false, lastAdmin: false }] = await sql<{ hasOthers: boolean; lastAdmin: boolean }>(
    OTHERS,
    [id],
  );
  const named = (which: typeof teams) => which.map((team) => ({ id: team.id, name: team.name }));
  return {
    ends: named(teams.filter(({ alone }) => alone)),
    handOver: named(teams.filter(({ needed }) => needed)),
    ...others,
  };
}

/**
 * Deletes an account with its personal lists and memberships. What it wrote in teams stays without an author, and its
 * tasks there are unassigned. Locks in the usual order: users, teams, tasks, lists.
 * @throws ValidationError for a wrong password, a team that needs an owner, the last administrator
 */
export async function deleteAccount(user: User, viewer: Viewer, password: string): Promise<void> {
  const { id } = user;
  const checked = await checkCurrentPassword(user, password);
  await unitOfWork(id, async (transaction) => {
    if (await hasOthers(user)) await checkAnotherAdministrator(id);
    await user.reload({ lock: transaction.LOCK.UPDATE });
    if (user.passwordDigest !== checked) throw wrongPassword();
    await sql(LOCK_TEAMS, [id]);
    await sql(LOCK_TASKS, [id]);

    const { ends, handOver } = await deletionImpact(user);
    if (handOver[0])
      throw new ValidationError({ path: '', message: 'errors.handOver', params: { name: handOver[0].name } });

    const teams = await Team.findAll({
      where: { id: ends.map((team) => team.id) },
      order: ['id'],
    });
    for (const team of teams) await destroyTeam(team, viewer);
    await sql('DELETE FROM memberships WHERE user_id = $1', [id]);
    await destroyAllSessions(id, 'signed_out');
    await recordAudit('account_deleted', { actorId: id, userId: id, details: { email: emailKey(user.email) } });
    await user.destroy();
  });
}

/** While the sole account is deleted nobody else registers, so that the next account becomes an administrator. */
async function hasOthers(user: User): Promise<boolean> {
  if ((await deletionImpact(user)).hasOthers) return true;
  await lockFirstAccount('exclusive');
  return (await deletionImpact(user)).hasOthers;
}

const TEAMS = `
  SELECT t.id, t.name, count(m.id) = 1 AS alone,
    count(m.id) > 1 AND mine.role = 'owner' AND count(m.id) FILTER (WHERE m.role = 'owner') = 1 AS needed
  FROM memberships mine JOIN teams t ON t.id = mine.team_id JOIN memberships m ON m.team_id = t.id
  WHERE mine.user_id = $1 GROUP BY t.id, mine.id ORDER BY t.folded_name, t.id`;
const OTHERS = `
  SELECT others AS "hasOthers", others AND admin
    AND NOT EXISTS (SELECT FROM users WHERE id <> $1 AND admin AND NOT disabled) AS "lastAdmin"
  FROM (SELECT admin, EXISTS (SELECT FROM users WHERE id <> $1) AS others FROM users WHERE id = $1) own`;

const LOCK_TEAMS =
  'SELECT FROM teams WHERE id IN (SELECT team_id FROM memberships WHERE user_id = $1) ORDER BY id FOR UPDATE';
const LOCK_TASKS = 'SELECT FROM tasks WHERE user_id = $1 OR assignee_id = $1 ORDER BY id FOR NO KEY UPDATE';
