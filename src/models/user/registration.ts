import { createHash, timingSafeEqual } from 'node:crypto';
import { UniqueConstraintError } from 'sequelize';
import { ForbiddenError, ValidationError } from '../../lib/errors.ts';
import { hashPassword } from '../../lib/password.ts';
import { note } from '../audit/record.ts';
import { List } from '../list/list.ts';
import type { Invitation } from '../team/invitation.ts';
import { checkPassword } from './password-rules.ts';
import { unitOfWork, setActor } from '../../database/transaction.ts';
import { User } from './user.ts';
import { database } from '../../database/connection.ts';

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
  { password, setupToken, ...person }: Registration,
  rules: RegistrationRules,
  invitation: Invitation | null,
): Promise<User> {
  checkPassword(password, person);
  const invited = invitation?.isFor(person.email) ? invitation : null;
  if (invitation && !invited && rules.registration === 'invite')
    throw new ValidationError({
      path: 'email',
      message: 'errors.invitationAddress',
      params: { email: invitation.email ?? '' },
    });
  const admitted = rulesFor(rules, invited);
  checkAdmission(await User.isEmpty(), setupToken, admitted);
  const passwordDigest = await hashPassword(password);
  try {
    return await unitOfWork(null, async (transaction) => {
      const first = await isFirst();
      checkAdmission(first, setupToken, admitted);
      const user = await User.create({ ...person, passwordDigest, admin: first });
      await List.create({ userId: user.id });
      await note('registered', { actorId: user.id, userId: user.id, details: { admin: first } });
      await setActor(user.id, transaction);
      await invited?.accept(user);
      return user;
    });
  } catch (error) {
    if (error instanceof UniqueConstraintError)
      throw new ValidationError({ path: 'email', message: 'errors.emailTaken' });
    throw error;
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
export async function lockFirstAccount(how: 'shared' | 'exclusive'): Promise<void> {
  await database().query(`SELECT pg_advisory_xact_lock${how === 'shared' ? '_shared' : ''}($1)`, {
    bind: [FIRST_ACCOUNT],
  });
}

/** Two that come first at once wait for each other. */
async function isFirst(): Promise<boolean> {
  if (!(await User.isEmpty())) {
    await lockFirstAccount('shared');
    if (!(await User.isEmpty())) return false;
  }
  await lockFirstAccount('exclusive');
  return User.isEmpty();
}

/** The first account is always admitted, or else nobody could ever invite or let in the others. */
export function checkRegistrationIsOpen(first: boolean, { registration }: RegistrationRules): void {
  if (!first && registration !== 'open')
    throw new ForbiddenError(registration === 'invite' ? 'errors.registrationInvite' : 'errors.registrationClosed');
}

function checkAdmission(first: boolean, setupToken: string | undefined, rules: RegistrationRules): void {
  checkRegistrationIsOpen(first, rules);
  if (first && rules.setupToken !== null && !isSame(setupToken ?? '', rules.setupToken)) {
    throw new ValidationError({ path: 'setupToken', message: 'errors.setupTokenWrong' });
  }
}

const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
