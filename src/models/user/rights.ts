import { ForbiddenError, NotFoundError, ValidationError } from '../../lib/errors.ts';
import { sql } from '../../database/sql.ts';
import { ApiToken } from '../api-token/api-token.ts';
import { note, type AuditDetails } from '../audit/record.ts';
import { Session } from '../session/session.ts';
import { unitOfWork } from '../../database/transaction.ts';
import type { User } from './user.ts';
import type { Viewer } from '../../database/visible-lists.ts';

/** What only administrators change; undefined leaves it as it is. */
export interface Rights {
  disabled?: boolean | undefined;
  /** Kept while the person is disabled; for administrators. */
  disabledReason?: string | null | undefined;
  admin?: boolean | undefined;
}

/**
 * Disables, enables, makes and unmakes administrators, once: what is so already is left alone. Who is disabled has
 * lost every session and token by the commit.
 * @param actor an administrator, looked at again under the lock; null for the operator, who may do anything
 * @throws ForbiddenError for whoever is no administrator any more, 404 where the account is gone
 * @throws ValidationError where it would be oneself, or would leave nobody to look after the others
 */
export async function changeRights(user: User, actor: Pick<Viewer, 'id'> | null, wanted: Rights): Promise<User> {
  return unitOfWork(actor?.id ?? null, async () => {
    const people = await lockPeople([user.id, ...(actor ? [actor.id] : [])]);
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
 * In a unit of work that takes somebody's account away: keeps them from being the last administrator.
 * @throws ValidationError
 */
export async function checkAnotherAdministrator(userId: number): Promise<void> {
  if (isLast(await lockPeople([userId]), userId))
    throw new ValidationError({ path: '', message: 'errors.lastAdministrator' });
}

interface Locked {
  id: number;
  /** An administrator who may sign in. */
  active: boolean;
}

/** Two administrators who act on each other at once wait here: in the order of their ids, so that neither waits for both. */
function lockPeople(ids: number[]): Promise<Locked[]> {
  return sql(LOCK, [ids]);
}

const LOCK =
  'SELECT id, admin AND NOT disabled AS active FROM users WHERE id = ANY($1::integer[]) OR admin AND NOT disabled ORDER BY id FOR NO KEY UPDATE';

const isLast = (people: Locked[], userId: number): boolean => {
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
    await Session.endAll(userId, 'disabled');
    await note('user_disabled', { actorId, userId, details: { ...by, note: user.disabledReason } });
  }
  if (disabled === false) await note('user_enabled', { actorId, userId, details: by });
  if (admin !== undefined) await note(admin ? 'admin_given' : 'admin_taken', { actorId, userId, details: by });
}
