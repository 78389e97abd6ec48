import { ForbiddenError, NotFoundError, ValidationError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { ApiToken } from '../api-token/api-token.ts';
import type { AuditDetails } from '../audit/audit-entry.ts';
import { recordAudit } from '../audit/commands.ts';
import { destroyAllSessions } from '../session/commands.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { User } from './user.ts';
import type { Viewer } from '../../database/visible-lists.ts';

/** Changed by administrators only; undefined leaves a field unchanged. */
export interface Rights {
  disabled?: boolean | undefined;
  /** Shown to administrators; cleared when the user is enabled. */
  disabledReason?: string | null | undefined;
  admin?: boolean | undefined;
}

/** @param actor null for the operator @throws like `changeRights` */
export async function disableUser(user: User, reason: string | null, actor: Viewer | null): Promise<void> {
  await changeRights(user, actor, { disabled: true, disabledReason: reason });
}

export async function enableUser(user: User, actor: Viewer | null = null): Promise<void> {
  await changeRights(user, actor, { disabled: false });
}

export async function promoteUser(user: User, actor: Viewer | null = null): Promise<void> {
  await changeRights(user, actor, { admin: true });
}

export async function demoteUser(user: User, actor: Viewer | null = null): Promise<void> {
  await changeRights(user, actor, { admin: false });
}

/**
 * Idempotent: only what differs is changed and recorded. Disabling deletes all sessions and tokens in the same unit.
 * @param actor an administrator, checked again under the lock; null for the operator, who may do anything
 * @throws ForbiddenError where the actor is no longer an administrator, NotFoundError where the account is gone
 * @throws ValidationError if administrators would disable or demote themselves, or no administrator would be left
 */
export async function changeRights(user: User, actor: Pick<Viewer, 'id'> | null, wanted: Rights): Promise<User> {
  return unitOfWork(actor?.id ?? null, async () => {
    const people = await lockUsers([user.id, ...(actor ? [actor.id] : [])]);
    if (!people.some(({ id }) => id === user.id)) throw new NotFoundError();
    if (actor && !people.some(({ id, active }) => id === actor.id && active))
      throw new ForbiddenError('errors.administratorsOnly');
    await user.reload();
    const change = changeOf(user, wanted);
    const loses = change.disabled === true || change.admin === false;
    if (actor && loses && actor.id === user.id) throw new ValidationError({ path: '', message: 'errors.notYourself' });
    if (actor && loses && isLast(people, user.id))
      throw new ValidationError({ path: '', message: 'errors.lastAdministrator' });
    await user.update(change);
    await applySideEffects(user, actor?.id ?? null, change);
    return user;
  });
}

/**
 * Called in the unit of work that deletes an account: it must not be the last administrator's.
 * @throws ValidationError
 */
export async function checkAnotherAdministrator(userId: number): Promise<void> {
  if (isLast(await lockUsers([userId]), userId))
    throw new ValidationError({ path: '', message: 'errors.lastAdministrator' });
}

interface LockedUser {
  id: number;
  /** An administrator who is not disabled. */
  active: boolean;
}

/** Two administrators who act on each other wait here; locking in id order prevents a deadlock. */
function lockUsers(ids: number[]): Promise<LockedUser[]> {
  return sql(LOCK, [ids]);
}

const LOCK =
  'SELECT id, admin AND NOT disabled AS active FROM users ' +
  'WHERE id = ANY($1::integer[]) OR admin AND NOT disabled ORDER BY id FOR NO KEY UPDATE';

const isLast = (people: LockedUser[], userId: number): boolean => {
  const active = people.filter((person) => person.active);
  return active.length === 1 && active[0]?.id === userId;
};

function changeOf(user: User, { disabled, disabledReason, admin }: Rights): Rights {
  const staysDisabled = disabled ?? user.disabled;
  const reason = staysDisabled ? disabledReason : null;
  return {
    ...(disabled !== undefined && disabled !== user.disabled && { disabled }),
    ...(reason !== undefined && reason !== user.disabledReason && { disabledReason: reason }),
    ...(admin !== undefined && admin !== user.admin && { admin }),
  };
}

async function applySideEffects(user: User, actorId: number | null, { disabled, admin }: Rights): Promise<void> {
  const { id: userId } = user;
  const by: AuditDetails = actorId === null ? { by: 'operator' } : {};
  if (disabled === true) {
    await ApiToken.destroy({ where: { userId } });
    await destroyAllSessions(userId, 'disabled');
    await recordAudit('user_disabled', { actorId, userId, details: { ...by, note: user.disabledReason } });
  }
  if (disabled === false) await recordAudit('user_enabled', { actorId, userId, details: by });
  if (admin !== undefined) await recordAudit(admin ? 'admin_given' : 'admin_taken', { actorId, userId, details: by });
}
