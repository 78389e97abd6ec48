import { parts, type Part } from './cast.ts';

/**
 * What becomes of a request: carried out; refused for what it says, as a mistake of a form is; sent to the sign-in
 * page, or 401; 403; 404.
 */
export type Outcome = 'ok' | 'refused' | 'sign in' | 'forbidden' | 'missing';

/** Whose the thing is that the request is about: the team's or one's own, the person apart's, nobody's. */
export const belongings = ['theirs', 'apart', 'none'] as const;
export type Belonging = (typeof belongings)[number];

export type Access = Record<Belonging, Record<Part, Outcome>>;

/** Who is nobody, or nobody any more, is asked to sign in. */
const signIn = { anonymous: 'sign in', disabled: 'sign in' } as const;
const all = (outcome: Outcome): Record<Part, Outcome> =>
  Object.fromEntries(parts.map((part) => [part, outcome])) as Record<Part, Outcome>;
const signedIn = (outcome: Outcome): Record<Part, Outcome> => ({ ...all(outcome), ...signIn });
const alike = (everywhere: Record<Part, Outcome>): Access => ({
  theirs: everywhere,
  apart: everywhere,
  none: everywhere,
});
const unlessTheirs = (theirs: Record<Part, Outcome>, otherwise: Outcome): Access => ({
  theirs,
  apart: signedIn(otherwise),
  none: signedIn(otherwise),
});

export const everybody = alike(all('ok'));
/** Whoever comes is at the sign-in page afterwards. */
export const leavesToSignIn = alike(all('sign in'));
/** Anybody may send it; as it is sent here, it says nothing right. */
export const anybodyRefused = alike(all('refused'));
export const whoIsSignedIn = alike(signedIn('ok'));
/** As it is sent here, it says nothing right. */
export const signedInRefused = alike(signedIn('refused'));
/** Everybody their own, nobody another's. */
export const whoseItIs = unlessTheirs(signedIn('ok'), 'missing');
export const members = unlessTheirs({ ...signedIn('missing'), member: 'ok', owner: 'ok' }, 'missing');
export const owners = unlessTheirs({ ...signedIn('missing'), member: 'forbidden', owner: 'ok' }, 'missing');
/** The list stands in what is sent: one that is not to be seen is a mistake of the form. */
export const membersByName = unlessTheirs({ ...signedIn('refused'), member: 'ok', owner: 'ok' }, 'refused');
/** The address is the secret: whoever has it may. */
export const whoHasTheAddress: Access = { theirs: all('ok'), apart: all('ok'), none: all('missing') };
export const whoHasTheAddressSignedIn: Access = {
  theirs: { ...signedIn('ok'), member: 'refused', owner: 'refused' },
  apart: signedIn('ok'),
  none: signedIn('missing'),
};
/** Nobody else is told that there is such a page. */
export const administrators: Access = {
  ...alike({ ...signedIn('missing'), administrator: 'ok' }),
  none: signedIn('missing'),
};
/** Of the API, whose documentation everybody may read. */
export const administratorsOnly: Access = {
  ...alike({ ...signedIn('forbidden'), administrator: 'ok' }),
  none: { ...signedIn('forbidden'), administrator: 'missing' },
};
export const oneselfOrAdministrators: Access = { ...whoseItIs, apart: { ...signedIn('missing'), administrator: 'ok' } };
