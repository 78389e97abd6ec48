import { roles, type Role } from './fixtures.ts';

/** The result of a request: success; invalid input; redirect to the sign-in page, or 401; 403; 404. */
export type Outcome = 'ok' | 'invalid' | 'sign in' | 'forbidden' | 'not found';

/** Whom the record belongs to: the actor or their team, another person, or nobody because it does not exist. */
export const ownerships = ['own', 'other', 'missing'] as const;
export type Ownership = (typeof ownerships)[number];

export type Access = Record<Ownership, Record<Role, Outcome>>;

/** Signed-out and disabled users have to sign in. */
const signIn = { anonymous: 'sign in', disabled: 'sign in' } as const;
const all = (outcome: Outcome): Record<Role, Outcome> =>
  Object.fromEntries(roles.map((role) => [role, outcome])) as Record<Role, Outcome>;
const signedIn = (outcome: Outcome): Record<Role, Outcome> => ({ ...all(outcome), ...signIn });
const sameForAll = (outcomes: Record<Role, Outcome>): Access => ({
  own: outcomes,
  other: outcomes,
  missing: outcomes,
});
const ownOrElse = (own: Record<Role, Outcome>, otherwise: Outcome): Access => ({
  own,
  other: signedIn(otherwise),
  missing: signedIn(otherwise),
});

export const anyone = sameForAll(all('ok'));
/** Everybody ends up at the sign-in page. */
export const redirectsToSignIn = sameForAll(all('sign in'));
/** Open to everybody, but the test sends invalid input. */
export const anyoneInvalid = sameForAll(all('invalid'));
export const signedInUsers = sameForAll(signedIn('ok'));
/** Open to signed-in users, but the test sends invalid input. */
export const signedInUsersInvalid = sameForAll(signedIn('invalid'));
/** Only for the record's owner. */
export const ownerOnly = ownOrElse(signedIn('ok'), 'not found');
export const members = ownOrElse({ ...signedIn('not found'), member: 'ok', owner: 'ok' }, 'not found');
export const owners = ownOrElse({ ...signedIn('not found'), member: 'forbidden', owner: 'ok' }, 'not found');
/** The list id is part of the input, so an invisible list counts as invalid input. */
export const membersByListId = ownOrElse({ ...signedIn('invalid'), member: 'ok', owner: 'ok' }, 'invalid');
/** For everybody who has the secret link. */
export const linkHolders: Access = { own: all('ok'), other: all('ok'), missing: all('not found') };
export const signedInLinkHolders: Access = {
  own: { ...signedIn('ok'), member: 'invalid', owner: 'invalid' },
  other: signedIn('ok'),
  missing: signedIn('not found'),
};
/** The pages do not exist for anybody else. */
export const administrators: Access = {
  ...sameForAll({ ...signedIn('not found'), administrator: 'ok' }),
  missing: signedIn('not found'),
};
/** For the API: 403 reveals nothing, because its operations are documented publicly. */
export const apiAdministrators: Access = {
  ...sameForAll({ ...signedIn('forbidden'), administrator: 'ok' }),
  missing: { ...signedIn('forbidden'), administrator: 'not found' },
};
export const selfOrAdministrators: Access = { ...ownerOnly, other: { ...signedIn('not found'), administrator: 'ok' } };
