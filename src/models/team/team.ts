import {
  DataTypes,
  Model,
  Op,
  UniqueConstraintError,
  literal,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type NonAttribute,
  type Sequelize,
  type Transaction,
} from 'sequelize';
import { announce } from '../../events/index.ts';
import { ForbiddenError, NotFoundError, ValidationError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { note } from '../audit/record.ts';
import { List } from '../list/list.ts';
import { Membership, mayManage, type Role } from './membership.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import type { User } from '../user/user.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { database } from '../../database/connection.ts';

/** A member as the team's page shows it. */
export interface Member {
  id: number;
  name: string;
  email: string;
  role: Role;
  disabled: boolean;
}

/** A named group of users that share a list. */
export class Team extends Model<InferAttributes<Team>, InferCreationAttributes<Team>> {
  declare id: CreationOptional<number>;
  declare name: string;
  declare seed: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
  declare list?: NonAttribute<List>;
  declare members?: NonAttribute<User[]>;

  static define(sequelize: Sequelize): void {
    Team.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        name: { type: DataTypes.TEXT, allowNull: false },
        seed: { type: DataTypes.BOOLEAN, defaultValue: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'teams' },
    );
  }

  /** Makes a team with its list; the viewer is its first owner. @throws ValidationError for a name that another team has */
  static found(viewer: Viewer, name: string): Promise<Team> {
    return namedOnce(() =>
      unitOfWork(viewer.id, async () => {
        const team = await Team.create({ name });
        await List.create({ userId: null, teamId: team.id });
        await Membership.create({ userId: viewer.id, teamId: team.id, role: 'owner' });
        tellAccess(viewer.id);
        return team;
      }),
    );
  }

  /** A team of the viewer. @returns null where it is not there or the viewer is no member */
  static visible(viewer: Viewer, id: number): Promise<Team | null> {
    const mine = literal(`(SELECT team_id FROM memberships WHERE user_id = ${database().escape(viewer.id)})`);
    return Team.findOne({ where: { [Op.and]: [{ id }, { id: { [Op.in]: mine } }] } });
  }

  /**
   * The viewer and everybody active who shares a team with them, by name.
   * @param chosen stays to be chosen also when disabled
   */
  static peopleAround(viewer: Viewer, chosen?: number): Promise<{ id: number; name: string }[]> {
    return sql(PEOPLE, [viewer.id, chosen ?? null]);
  }

  /** The members by name, owners first. */
  roster(): Promise<Member[]> {
    return sql(ROSTER, [this.id]);
  }

  /** @returns null for whoever is no member */
  async roleOf(userId: number): Promise<Role | null> {
    return (await this.membership(userId))?.role ?? null;
  }

  /** @throws ValidationError for a name that another team has, ForbiddenError for whoever is no owner any more */
  rename(viewer: Viewer, name: string): Promise<Team> {
    return namedOnce(() => this.withOwnerLock(viewer, () => this.update({ name })));
  }

  /** A unit of work of an owner; nobody comes, goes or changes roles meanwhile. @throws ForbiddenError for whoever is no owner any more, 404 where the team is gone */
  withOwnerLock<T>(viewer: Pick<Viewer, 'id'>, work: () => Promise<T>): Promise<T> {
    return unitOfWork(viewer.id, async (transaction) => {
      await this.lockMembers(transaction);
      await this.checkManages(viewer);
      return work();
    });
  }

  /** Takes a member in, once; who is one already stays what they are. @returns whether somebody has joined */
  async admit(actorId: number, userId: number): Promise<boolean> {
    return unitOfWork(actorId, async () => {
      const joined = await sql(ADMIT, [userId, this.id]);
      if (joined.length === 0) return false;
      await note('member_joined', { actorId, userId, details: { team: this.name } });
      tellAccess(userId);
      return true;
    });
  }

  /** @throws ValidationError where it would leave the team without an owner, ForbiddenError like rename, 404 for whoever is no member */
  changeRole(viewer: Viewer, userId: number, role: Role): Promise<void> {
    return this.withOwnerLock(viewer, async () => {
      const membership = await this.membership(userId);
      if (!membership) throw new NotFoundError();
      if (role === membership.role) return;
      if (role !== 'owner') await this.checkAnotherOwner(userId);
      await membership.update({ role });
      await note('role_changed', { actorId: viewer.id, userId, details: { team: this.name, role } });
    });
  }

  /** Ends a membership: the person's tabs lose the list, what was assigned to them is unassigned. @throws like changeRole */
  dismiss(viewer: Viewer, userId: number): Promise<void> {
    return unitOfWork(viewer.id, async (transaction) => {
      await this.lockMembers(transaction);
      if (userId !== viewer.id) await this.checkManages(viewer);
      const membership = await this.membership(userId);
      if (!membership) throw new NotFoundError();
      await this.checkAnotherOwner(userId);
      await membership.destroy();
      await note('member_removed', { actorId: viewer.id, userId, details: { team: this.name } });
      tellAccess(userId);
    });
  }

  /** Deletes the team with its list and all that is in it. */
  async destroyTeam(viewer: Viewer): Promise<void> {
    await this.withOwnerLock(viewer, async () => {
      const members = await this.roster();
      await this.destroy();
      await note('team_deleted', {
        actorId: viewer.id,
        details: { team: this.name, members: members.length },
      });
      for (const { id } of members) tellAccess(id);
    });
  }

  /** Two owners who leave at once would both find the other still there. */
  private async lockMembers(transaction: Transaction): Promise<void> {
    await Team.findByPk(this.id, { lock: transaction.LOCK.UPDATE, transaction, rejectOnEmpty: new NotFoundError() });
  }

  /** Again, under the lock: the role may have been taken since the request began. */
  private async checkManages(viewer: Pick<Viewer, 'id'>): Promise<void> {
    if (!mayManage(await this.roleOf(viewer.id))) throw new ForbiddenError('errors.ownersOnly');
  }

  private membership(userId: number): Promise<Membership | null> {
    return Membership.findOne({ where: { teamId: this.id, userId } });
  }

  private async checkAnotherOwner(userId: number): Promise<void> {
    const owners = (await this.roster()).filter(({ role }) => role === 'owner');
    if (owners.length === 1 && owners[0]?.id === userId)
      throw new ValidationError({ path: '', message: 'errors.lastOwner' });
  }
}

/** What the person may see has changed: the rooms of their tabs are looked at again. */
function tellAccess(userId: number): void {
  afterCommit(() => {
    announce('access_changed', { userId });
  });
}

async function namedOnce(work: () => Promise<Team>): Promise<Team> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UniqueConstraintError)
      throw new ValidationError({ path: 'name', message: 'errors.teamNameTaken' });
    throw error;
  }
}

const ROSTER = `
  SELECT u.id, u.name, u.email, u.disabled, m.role FROM memberships m JOIN users u ON u.id = m.user_id
  WHERE m.team_id = $1 ORDER BY m.role = 'owner' DESC, lower(u.name), u.id`;
const PEOPLE = `
  SELECT u.id, u.name FROM users u WHERE u.id = $1 OR ((NOT u.disabled OR u.id = $2) AND u.id IN (
    SELECT others.user_id FROM memberships mine JOIN memberships others ON others.team_id = mine.team_id WHERE mine.user_id = $1
  )) ORDER BY lower(u.name), u.id`;
const ADMIT =
  'INSERT INTO memberships (user_id, team_id) SELECT id, $2 FROM users WHERE id = $1 AND NOT disabled ON CONFLICT (user_id, team_id) DO NOTHING RETURNING id';
