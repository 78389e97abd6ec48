import { createHmac, randomUUID } from 'node:crypto';
import type { Settings } from '../../src/config/env.ts';
import { cookieName } from '../../src/middleware/session.ts';
import { List, User } from '../../src/models/index.ts';
import type { Viewer } from '../../src/database/visible-lists.ts';
import type { TestApp } from './app.ts';
import { Client } from './client.ts';
import { createSession } from '../../src/models/session/commands.ts';

export interface Person {
  user: User;
  /** The personal list. */
  list: List;
  viewer: Viewer;
  sid: string;
  /** Signed in. */
  client: Client;
}

/** Ana, Bob and Eve, three accounts that share nothing, and a signed-out client. */
export interface World {
  ana: Person;
  bob: Person;
  eve: Person;
  anon: Client;
  /** Signs the same person in, in another browser. */
  signIn(person: Person): Promise<Person>;
}

/** What signing in needs from a running server. */
type Site = Pick<TestApp, 'url' | 'settings'>;

/** Everybody's password, and its digest at cost 4. */
export const worldPassword = 'the lamp by the window';
const WORLD_DIGEST = '$2b$04$IVdkTXMbQAJfIctdl8auBe0wL5ItEZmVe/CDpwiuftHK9ajeuLiPm';

export async function createWorld(app: Site): Promise<World> {
  const [ana, bob, eve] = [
    await createPerson(app, 'Ana'),
    await createPerson(app, 'Bob'),
    await createPerson(app, 'Eve'),
  ];
  return { ana, bob, eve, anon: new Client(app.url), signIn: ({ user, list }) => signedIn(app, user, list) };
}

/** Creates an account and signs in. */
export async function createPerson(app: Site, name: string): Promise<Person> {
  const user = await User.create({
    name,
    email: `${name.toLowerCase()}@example.com`,
    emailConfirmedAt: new Date(),
    passwordDigest: WORLD_DIGEST,
    timeZone: 'Europe/Madrid',
  });
  return signedIn(app, user, await List.create({ userId: user.id }));
}

/** Signs the person in, in another browser. */
export async function signedIn({ url, settings }: Site, user: User, list: List): Promise<Person> {
  const sid = randomUUID();
  await createSession({ sid, userId: user.id, kept: {}, address: '127.0.0.1', agent: 'test' });
  const { id, name, email, admin, locale, timeZone } = user;
  const viewer = Object.freeze({ id, name, email, admin, locale, timeZone, listId: list.id });
  return { user, list, viewer, sid, client: new Client(url, { [cookieName(settings)]: signedCookie(sid, settings) }) };
}

/** The value of a session cookie, as express-session signs it. */
export function signedCookie(sid: string, { sessionSecret }: Pick<Settings, 'sessionSecret'>): string {
  const signature = createHmac('sha256', sessionSecret).update(sid).digest('base64').replace(/=+$/, '');
  return encodeURIComponent(`s:${sid}.${signature}`);
}
