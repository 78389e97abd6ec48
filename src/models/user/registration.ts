import { translateDatabaseErrors } from '../../database/errors.ts';
import { ForbiddenError, ValidationError } from '../../lib/errors.ts';
import { hashPassword } from '../../lib/password.ts';
import { isSameSecret } from '../../lib/random-token.ts';
import { recordAudit } from '../audit/commands.ts';
import { List } from '../list/list.ts';
import type { Invitation } from '../team/invitation.ts';
import { acceptInvitation } from '../team/invitations.ts';
import { storedTimeZone } from './commands.ts';
import { checkPassword } from './password.ts';
import { noneRegistered } from './queries.ts';
import { unitOfWork, setActor } from '../../database/transaction.ts';
import { User } from './user.ts';
import { database } from '../../database/sql.ts';

export interface Registration {
  name: string;
  email: string;
  password: string;
  locale: string;
  /** IANA name. */
  timeZone: string;
  /** Required for the first account where SETUP_TOKEN is set. */
  setupToken?: string | undefined;
}

/** From the settings. */
export interface RegistrationRules {
  registration: 'open' | 'invite' | 'closed';
  setupToken: string | null;
}

/** Key of an advisory lock; unique in this application. */
const FIRST_ACCOUNT = 724_211;

/**
 * Creates an account with its list; the first one that is not a demo user is an administrator. An invited person may
 * register where registration is by invitation, and joins the team with the account or not at all.
 * @param invitation joined if it is for this address
 * @throws ValidationError for a taken email address, a common password, a wrong setup token
 * @throws ForbiddenError where registration is not open
 */
export async function registerUser(
  { password, setupToken, ...person }: Registration,
  rules: RegistrationRules,
  invitation: Invitation | null = null,
): Promise<User> {
  await checkPassword(password, person);
  const invited = invitationFor(person.email, rules, invitation);
  const admitted = rulesFor(rules, invited);
  checkAdmission(await noneRegistered(), setupToken, admitted);
  // Before the unit of work: hashing takes a quarter of a second, and a transaction holds a connection.
  const passwordDigest = await hashPassword(password);
  return createAccount({ ...person, passwordDigest }, async (user) => {
    checkAdmission(user.admin, setupToken, admitted);
    if (invited) await acceptInvitation(invited, user);
  });
}

export interface NewAccount extends Omit<Registration, 'password' | 'setupToken'> {
  passwordDigest: string;
}

/**
 * Creates the account with its list; the first one is an administrator.
 * @param complete runs in the same unit of work, as the new user
 * @throws ValidationError for a taken email address
 */
export function createAccount(account: NewAccount, complete: (user: User) => Promise<void>): Promise<User> {
  return translateDatabaseErrors(
    () =>
      unitOfWork(null, async (transaction) => {
        const first = await isFirst();
        const timeZone = (await storedTimeZone(account.timeZone)) ?? 'UTC';
        const user = await User.create({ ...account, timeZone, admin: first });
        await List.create({ userId: user.id });
        await recordAudit('registered', { actorId: user.id, userId: user.id, details: { admin: first } });
        await setActor(user.id, transaction);
        await complete(user);
        return user;
      }),
    { users_email_key: { path: 'email', message: 'errors.emailTaken' } },
  );
}

/** @throws ForbiddenError where nobody may register now */
export async function checkRegistrationIsOpen(
  rules: RegistrationRules,
  invitation: Invitation | null = null,
): Promise<void> {
  checkOpen(await noneRegistered(), rulesFor(rules, invitation));
}

/** @throws ForbiddenError where nobody may register now, ValidationError where the invitation is for another address */
export async function checkMayRegister(
  email: string,
  rules: RegistrationRules,
  invitation: Invitation | null,
): Promise<void> {
  await checkRegistrationIsOpen(rules, invitationFor(email, rules, invitation));
}

/**
 * The invitation if it is for this address.
 * @throws ValidationError where it is for another one, and nobody else may register
 */
function invitationFor(email: string, rules: RegistrationRules, invitation: Invitation | null): Invitation | null {
  if (invitation?.isFor(email)) return invitation;
  if (invitation && rules.registration === 'invite')
    throw new ValidationError({
      path: 'email',
      message: 'errors.invitationAddress',
      params: { email: invitation.email ?? '' },
    });
  return null;
}

/** A usable invitation opens registration that is by invitation. */
function rulesFor(rules: RegistrationRules, invited: Invitation | null): RegistrationRules {
  return invited && rules.registration === 'invite' ? { ...rules, registration: 'open' } : rules;
}

/**
 * Held until the unit of work ends. `exclusive`: no other first account can be created meanwhile. Later accounts share
 * the lock, so that they wait only while the sole account is being deleted.
 */
export async function lockFirstAccount(how: 'shared' | 'exclusive'): Promise<void> {
  await database().query(`SELECT pg_advisory_xact_lock${how === 'shared' ? '_shared' : ''}($1)`, {
    bind: [FIRST_ACCOUNT],
  });
}

/** Serializes concurrent first registrations. */
async function isFirst(): Promise<boolean> {
  if (!(await noneRegistered())) {
    await lockFirstAccount('shared');
    if (!(await noneRegistered())) return false;
  }
  await lockFirstAccount('exclusive');
  return noneRegistered();
}

/** The first account may always be created, since without it nobody could invite others. */
function checkOpen(first: boolean, { registration }: RegistrationRules): void {
  if (!first && registration !== 'open')
    throw new ForbiddenError(registration === 'invite' ? 'errors.registrationInvite' : 'errors.registrationClosed');
}

/** @throws ForbiddenError where registration is not open, ValidationError for a wrong setup token */
export function checkAdmission(first: boolean, setupToken: string | undefined, rules: RegistrationRules): void {
  checkOpen(first, rules);
  if (first && rules.setupToken !== null && !isSameSecret(setupToken ?? '', rules.setupToken)) {
    throw new ValidationError({ path: 'setupToken', message: 'errors.setupTokenWrong' });
  }
}
