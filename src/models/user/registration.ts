import { createHash, timingSafeEqual } from 'node:crypto';
import { UniqueConstraintError, type Sequelize } from 'sequelize';
import { forbidden } from '../../lib/http-error.ts';
import { InvalidInput } from '../../lib/validation-error.ts';
import { hashPassword } from '../../lib/password.ts';
import { note } from '../audit/record.ts';
import type { List } from '../list/list.ts';
import type { Invitation } from '../team/invitation.ts';
import { checkPassword } from './password-rules.ts';
import { actAs, unitOfWork } from '../../database/transaction.ts';
import type { User } from './user.ts';

export interface Registration {
  name: string;
  email: string;
  password: string;
  locale: string;
  /** IANA name. */
  timeZone: string;
  /** What the first account has to bring where SETUP_TOKEN is set. */
  setupToken?: string | undefined;
}

/** A part of the settings. */
export interface RegistrationRules {
  registration: 'open' | 'invite' | 'closed';
  setupToken: string | null;
}

/** Any number that nothing else here locks. */
const FIRST_ACCOUNT = 724_211;

/**
 * Whoever is invited is let in where others need an invitation, and joins the team with the account or not at all.
 * Hashing comes before the unit of work: it takes a quarter of a second, and a transaction holds a connection.
 */
export async function registerUser(
  users: typeof User,
  { password, setupToken, ...person }: Registration,
  rules: RegistrationRules,
  invitation: Invitation | null,
): Promise<User> {
  checkPassword(password, person);
  const invited = invitation?.isFor(person.email) ? invitation : null;
  if (invitation && !invited && rules.registration === 'invite')
    throw new InvalidInput({
      path: 'email',
      message: 'errors.invitationAddress',
      params: { email: invitation.email ?? '' },
    });
  const admitted = rulesFor(rules, invited);
  checkAdmission(await users.isEmpty(), setupToken, admitted);
  const passwordDigest = await hashPassword(password);
  try {
    return await unitOfWork(users.sequelize!, null, async (transaction) => {
      const first = await isFirst(users);
      checkAdmission(first, setupToken, admitted);
      const user = await users.create({ ...person, passwordDigest, admin: first });
      await (users.sequelize!.models.List as typeof List).create({ userId: user.id });
      await note(users.sequelize!, 'registered', { actorId: user.id, userId: user.id, details: { admin: first } });
      await actAs(users.sequelize!, user.id, transaction);
      await invited?.accept(user);
      return user;
    });
  } catch (fault) {
    if (fault instanceof UniqueConstraintError) throw new InvalidInput({ path: 'email', message: 'errors.emailTaken' });
    throw fault;
  }
}

/** What holds for whoever brings an invitation that can be used. */
export function rulesFor(rules: RegistrationRules, invited: Invitation | null): RegistrationRules {
  return invited && rules.registration === 'invite' ? { ...rules, registration: 'open' } : rules;
}

/**
 * Until the unit of work ends there is no other first account. All that are not the first share the lock, so that they
 * wait only for the only account while it is deleted.
 */
export async function lockFirstAccount(sequelize: Sequelize, how: 'shared' | 'exclusive'): Promise<void> {
  await sequelize.query(`SELECT pg_advisory_xact_lock${how === 'shared' ? '_shared' : ''}($1)`, {
    bind: [FIRST_ACCOUNT],
  });
}

/** Two that come first at once wait for each other. */
async function isFirst(users: typeof User): Promise<boolean> {
  if (!(await users.isEmpty())) {
    await lockFirstAccount(users.sequelize!, 'shared');
    if (!(await users.isEmpty())) return false;
  }
  await lockFirstAccount(users.sequelize!, 'exclusive');
  return users.isEmpty();
}

/** The first account is always admitted, or else nobody could ever invite or let in the others. */
export function checkRegistrationIsOpen(first: boolean, { registration }: RegistrationRules): void {
  if (!first && registration !== 'open')
    throw forbidden(registration === 'invite' ? 'errors.registrationInvite' : 'errors.registrationClosed');
}

function checkAdmission(first: boolean, setupToken: string | undefined, rules: RegistrationRules): void {
  checkRegistrationIsOpen(first, rules);
  if (first && rules.setupToken !== null && !isSame(setupToken ?? '', rules.setupToken)) {
    throw new InvalidInput({ path: 'setupToken', message: 'errors.setupTokenWrong' });
  }
}

const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
