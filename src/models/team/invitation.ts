import {
  DataTypes,
  Model,
  Op,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type NonAttribute,
  type Sequelize,
} from 'sequelize';
import { ExpiredError, NotFoundError, ValidationError } from '../../lib/errors.ts';
import { digestOf, randomToken } from '../../lib/random-token.ts';
import { note } from '../audit/record.ts';
import { type Letter, Mail } from '../mail/mail.ts';
import { Team } from './team.ts';
import { unitOfWork } from '../../database/transaction.ts';
import { User } from '../user/user.ts';
import type { Viewer } from '../../database/visible-lists.ts';

const DAYS = 7;

/** Writes the mail with the secret of an invitation. */
export type WriteInvitation = (secret: string, locale: string) => Omit<Letter, 'to' | 'expiresAt'>;

/** Lets somebody into a team: by email one person once, as a link whoever is given it. Only a digest of the secret is kept. */
export class Invitation extends Model<InferAttributes<Invitation>, InferCreationAttributes<Invitation>> {
  declare id: CreationOptional<number>;
  declare teamId: number;
  /** Null: a link for anybody. */
  declare email: string | null;
  declare digest: Buffer;
  declare invitedBy: number | null;
  declare acceptedAt: CreationOptional<Date | null>;
  declare revokedAt: CreationOptional<Date | null>;
  declare expiresAt: Date;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
  declare team?: NonAttribute<Team>;

  static define(sequelize: Sequelize): void {
    Invitation.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        teamId: { type: DataTypes.INTEGER, allowNull: false },
        email: DataTypes.TEXT,
        digest: { type: DataTypes.BLOB, allowNull: false },
        invitedBy: DataTypes.INTEGER,
        acceptedAt: DataTypes.DATE,
        revokedAt: DataTypes.DATE,
        expiresAt: { type: DataTypes.DATE, allowNull: false },
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'invitations' },
    );
  }

  /**
   * @param email null for a link
   * @param write the mail, in the language of the address's account or else the viewer's; without it whoever invites hands the link over
   * @returns the row, and the secret of its address, which nobody can read again
   * @throws ValidationError where this address is a member's already, ForbiddenError for whoever is no owner any more
   */
  static async issue(
    viewer: Viewer,
    team: Team,
    email: string | null,
    write: WriteInvitation | null = null,
  ): Promise<{ secret: string; invitation: Invitation }> {
    const secret = randomToken();
    const expiresAt = new Date(Date.now() + DAYS * 24 * 60 * 60 * 1000);
    return team.withOwnerLock(viewer, async () => {
      const known =
        email === null
          ? undefined
          : (await team.roster()).find((member) => member.email.toLowerCase() === email.toLowerCase());
      if (known)
        throw new ValidationError({ path: 'email', message: 'errors.alreadyMember', params: { name: known.name } });
      const invitation = await Invitation.create({
        teamId: team.id,
        email,
        digest: digestOf(secret),
        invitedBy: viewer.id,
        expiresAt,
      });
      await note('invitation_made', {
        actorId: viewer.id,
        details: { team: team.name, ...(email !== null && { email: email.toLowerCase() }) },
      });
      if (email !== null && write) {
        const account = await User.findByEmail(email);
        // Who is disabled could not use it; to say so would tell the inviter who has an account here.
        if (!account?.disabled)
          await Mail.queue({
            ...write(secret, account?.locale ?? viewer.locale),
            to: email,
            expiresAt,
          });
      }
      return { secret, invitation };
    });
  }

  /** What can still be used, newest first. */
  static open(team: Team): Promise<Invitation[]> {
    const usable = { acceptedAt: null, revokedAt: null, expiresAt: { [Op.gt]: new Date() } };
    return Invitation.findAll({
      where: { teamId: team.id, ...usable },
      order: [
        ['createdAt', 'DESC'],
        ['id', 'DESC'],
      ],
    });
  }

  /** The invitation behind an address, with its team. @throws NotFoundError for no such, 410 with why it cannot be used any more */
  static async behind(secret: string): Promise<Invitation & { team: Team }> {
    const invitation = await Invitation.findOne({ where: { digest: digestOf(secret) }, include: 'team' });
    if (!invitation?.team) throw new NotFoundError();
    invitation.checkUsable();
    return invitation as Invitation & { team: Team };
  }

  /** Whether whoever has this address may use it. */
  isFor(email: string): boolean {
    return this.email === null || this.email.toLowerCase() === email.toLowerCase();
  }

  /** Makes the viewer a member. @throws ExpiredError where it was used meanwhile, ValidationError for another address or a member */
  accept(viewer: Pick<Viewer, 'id' | 'email'>): Promise<void> {
    return unitOfWork(viewer.id, async (transaction) => {
      // The team first, as whoever deletes or manages it does: two would else wait for each other.
      const team = await Team.findByPk(this.teamId, {
        lock: transaction.LOCK.KEY_SHARE,
        rejectOnEmpty: new NotFoundError(),
      });
      await this.reload({ lock: transaction.LOCK.UPDATE, include: [] });
      this.checkUsable();
      if (!this.isFor(viewer.email))
        throw new ValidationError({ path: '', message: 'errors.invitationOther', params: { email: this.email ?? '' } });
      if (!(await team.admit(viewer.id, viewer.id)))
        throw new ValidationError({ path: '', message: 'errors.memberAlready' });
      if (this.email !== null) await this.update({ acceptedAt: new Date() });
    });
  }

  /** @throws ForbiddenError for whoever is no owner any more */
  async revoke(viewer: Pick<Viewer, 'id'>): Promise<void> {
    const team = await Team.findByPk(this.teamId, { rejectOnEmpty: new NotFoundError() });
    await team.withOwnerLock(viewer, async () => {
      await this.reload({ lock: true, include: [] });
      if (this.revokedAt !== null) return;
      await this.update({ revokedAt: new Date() });
      await note('invitation_revoked', {
        actorId: viewer.id,
        details: { team: team.name, ...(this.email !== null && { email: this.email.toLowerCase() }) },
      });
    });
  }

  private checkUsable(): void {
    if (this.acceptedAt) throw new ExpiredError('errors.invitationUsed');
    if (this.revokedAt) throw new ExpiredError('errors.invitationRevoked');
    if (this.expiresAt <= new Date()) throw new ExpiredError('errors.invitationExpired');
  }
}
