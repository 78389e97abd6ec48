import { Op } from 'sequelize';
import { sql } from '../../database/sql.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { emailKey } from '../../lib/email.ts';
import { NotFoundError, ValidationError } from '../../lib/errors.ts';
import { digestOf, randomToken } from '../../lib/random-token.ts';
import { recordAudit } from '../audit/commands.ts';
import { queueMail, type MailContent } from '../mail/commands.ts';
import { findByEmail } from '../user/queries.ts';
import type { User } from '../user/user.ts';
import { addMember, lockUser, withOwnerLock } from './commands.ts';
import { Invitation } from './invitation.ts';
import { membersOf } from './queries.ts';
import { Team } from './team.ts';

const DAYS = 7;

/** Writes the mail with the secret of an invitation. */
export type WriteInvitation = (secret: string, locale: string) => MailContent;

/**
 * @param email null for a link. An open invitation of the same address ends: this one takes its place.
 * @param write the mail, in the language of the invited account or else the viewer's; without it no mail is sent
 * @param mailed whether mail is sent at all, so that nobody else needs the link
 * @returns the row, and the secret of its address, which cannot be read again
 * @throws ValidationError where this address is a member's already, ForbiddenError where the viewer is no longer an
 * owner
 */
export async function createInvitation(
  viewer: Viewer,
  team: Team,
  email: string | null,
  write: WriteInvitation | null = null,
  mailed = false,
): Promise<{ secret: string; invitation: Invitation }> {
  const secret = randomToken();
  const expiresAt = new Date(Date.now() + DAYS * 24 * 60 * 60 * 1000);
  return withOwnerLock(team, viewer, async () => {
    if (email !== null) {
      await checkIsNoMember(team, email);
      await sql(REPLACE, [team.id, emailKey(email)]);
    }
    const invitation = await Invitation.create({
      teamId: team.id,
      email,
      mailed: mailed && email !== null,
      digest: digestOf(secret),
      invitedBy: viewer.id,
      expiresAt,
    });
    await recordAudit('invitation_made', {
      actorId: viewer.id,
      details: { team: team.name, ...(email !== null && { email: emailKey(email) }) },
    });
    if (email !== null && write) {
      const account = await findByEmail(email);
      // A disabled user could not use it; an error would reveal to the inviter who has an account here.
      if (!account?.disabled)
        await queueMail({ ...write(secret, localeOf(account) ?? viewer.locale), to: email, expiresAt });
    }
    return { secret, invitation };
  });
}

/** An address has one open invitation: the newest, since its mail is the one that the person looks for. */
const REPLACE = `
  UPDATE invitations SET revoked_at = now(), updated_at = now()
  WHERE team_id = $1 AND fold_text(email, true) = $2 AND accepted_at IS NULL AND revoked_at IS NULL RETURNING id`;

/** The invitations that can still be used, newest first. */
export function openInvitations(team: Team): Promise<Invitation[]> {
  const usable = { acceptedAt: null, revokedAt: null, expiresAt: { [Op.gt]: new Date() } };
  return Invitation.findAll({
    where: { teamId: team.id, ...usable },
    order: [
      ['createdAt', 'DESC'],
      ['id', 'DESC'],
    ],
  });
}

/** The usable invitation with its team. @throws NotFoundError, or ExpiredError with why it cannot be used any more */
export async function findInvitationByToken(secret: string): Promise<Invitation & { team: Team }> {
  const invitation = await Invitation.findOne({ where: { digest: digestOf(secret) }, include: 'team' });
  if (!invitation?.team) throw new NotFoundError();
  invitation.checkUsable();
  return Object.assign(invitation, { team: invitation.team });
}

/**
 * Makes the viewer a member. @throws ExpiredError where it was used meanwhile, ValidationError for another address or a
 * member
 */
export function acceptInvitation(invitation: Invitation, viewer: Pick<Viewer, 'id' | 'email'>): Promise<void> {
  return unitOfWork(viewer.id, async (transaction) => {
    await lockUser(viewer.id);
    // Then the team, in the order of the commands that delete or manage it; otherwise they would deadlock.
    const team = await Team.findByPk(invitation.teamId, {
      lock: transaction.LOCK.KEY_SHARE,
      rejectOnEmpty: new NotFoundError(),
    });
    await invitation.reload({ lock: transaction.LOCK.UPDATE, include: [] });
    invitation.checkUsable();
    const { email } = invitation;
    if (!invitation.isFor(viewer.email))
      throw new ValidationError({ path: '', message: 'errors.invitationOther', params: { email: email ?? '' } });
    if (!(await addMember(team, viewer.id, viewer.id)))
      throw new ValidationError({ path: '', message: 'errors.memberAlready' });
    if (email !== null) await invitation.update({ acceptedAt: new Date() });
    if (invitation.mailed) await sql(CONFIRM, [viewer.id]);
  });
}

/** Whoever has the link reads the mail of its address. */
const CONFIRM = 'UPDATE users SET email_confirmed_at = now() WHERE id = $1 AND email_confirmed_at IS NULL RETURNING id';

/** @throws ForbiddenError where the viewer is no longer an owner */
export async function revokeInvitation(invitation: Invitation, viewer: Pick<Viewer, 'id'>): Promise<void> {
  const team = await Team.findByPk(invitation.teamId, { rejectOnEmpty: new NotFoundError() });
  await withOwnerLock(team, viewer, async () => {
    await invitation.reload({ lock: true, include: [] });
    if (invitation.revokedAt !== null) return;
    await invitation.update({ revokedAt: new Date() });
    await recordAudit('invitation_revoked', {
      actorId: viewer.id,
      details: { team: team.name, ...(invitation.email !== null && { email: emailKey(invitation.email) }) },
    });
  });
}

/** An account with an address that nobody has confirmed may be somebody else's. */
const localeOf = (account: User | null): string | undefined => (account?.emailConfirmedAt ? account.locale : undefined);

async function checkIsNoMember(team: Team, email: string): Promise<void> {
  const member = (await membersOf(team)).find((one) => one.emailConfirmed && emailKey(one.email) === emailKey(email));
  if (member)
    throw new ValidationError({ path: 'email', message: 'errors.alreadyMember', params: { name: member.name } });
}
