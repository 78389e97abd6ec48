import type http from 'node:http';
import { connectionOf } from '../../src/config/connection.ts';
import { createSequelize } from '../../src/config/database.ts';
import { readDatabaseSettings, readSettings } from '../../src/config/env.ts';
import { migrateDatabase } from '../../src/config/migrations.ts';
import { defineModels, User } from '../../src/models/index.ts';
import { createPerson, createWorld, worldPassword, type Person } from '../support/world.ts';
import { request, keepAlive } from './http.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { createInvitation } from '../../src/models/team/invitations.ts';
import { findTeamList } from '../../src/models/list/queries.ts';

/** A signed-in browser of a user. */
export interface Browser {
  person: string;
  email: string;
  userId: number;
  /** Id of the personal list. */
  listId: number;
  /** The value of the `Cookie` header. */
  cookie: string;
  /** IANA name. */
  timeZone: string;
}

/** Five users with their browsers. */
export type People = Record<Name, Browser[]>;

const names = ['Ana', 'Bob', 'Eve', 'Person4', 'Person5'] as const;
export type Name = (typeof names)[number];

/** A team of all five: Eve owns it, two leave and rejoin by its link. */
export interface SharedTeam {
  id: number;
  listId: number;
  /** The token of the link. */
  secret: string;
  owner: Browser;
  rejoining: Browser[];
}

/** Creates five signed-in accounts and their team in a migrated database. @param env the servers' environment */
export async function createPeople(
  env: Record<string, string>,
  browsers: number,
): Promise<{ people: People; team: SharedTeam }> {
  const settings = readSettings(env);
  const connection = connectionOf(env.DATABASE_URL ?? '', 'off');
  await migrateDatabase(connection, readDatabaseSettings(env));
  const sequelize = createSequelize(connection, settings);
  defineModels(sequelize);
  try {
    const site = { url: 'http://localhost', settings };
    const { ana, bob, eve, signIn } = await createWorld(site);
    const all = [ana, bob, eve, await createPerson(site, 'Person4'), await createPerson(site, 'Person5')];
    const timeZone = zoneAtNoon(new Date());
    await User.update({ timeZone }, { where: {} });
    const signedIn = await Promise.all(
      all.map(async (person) => [
        person,
        ...(await Promise.all(Array.from({ length: browsers - 1 }, () => signIn(person)))),
      ]),
    );
    const people = Object.fromEntries(
      names.map((name, index) => [name, signedIn[index]!.map((person) => toBrowser(name, person, timeZone))]),
    ) as People;
    return {
      people,
      team: { ...(await shareTeam(eve, all)), owner: people.Eve[0]!, rejoining: [people.Bob[0]!, people.Person4[0]!] },
    };
  } finally {
    await sequelize.close();
  }
}

/** Signs a browser in again by the form. */
export async function signInAgain(url: string, browser: Browser): Promise<void> {
  const cookies = await signIn(url, { email: browser.email, password: worldPassword });
  browser.cookie = cookies;
}

async function shareTeam({ viewer }: Person, members: Person[]): Promise<Pick<SharedTeam, 'id' | 'listId' | 'secret'>> {
  const team = await createTeam(viewer, 'Everybody');
  for (const { user } of members) await addMember(team, viewer.id, user.id);
  const { secret } = await createInvitation(viewer, team, null);
  return { id: team.id, listId: (await findTeamList(team.id)).id, secret };
}

const toBrowser = (person: string, { user, list, client }: Person, timeZone: string): Browser => ({
  person,
  email: user.email,
  userId: user.id,
  listId: list.id,
  cookie: client.cookieHeader,
  timeZone,
});

async function signIn(url: string, form: Record<string, string>): Promise<string> {
  const response = await fetch(`${url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  if (response.status !== 303 || !cookie) throw new Error(`login responded with ${response.status}`);
  return cookie;
}

/** Signs a browser out by the form. */
export async function signOut(url: string, { cookie }: Browser): Promise<void> {
  const agent: http.Agent = keepAlive();
  const { status } = await request('POST', `${url}/logout`, { cookie, form: {}, agent });
  agent.destroy();
  if (status !== 303) throw new Error(`logout responded with ${status}`);
}

/** A time zone where midnight, which changes "done today", is far away. */
function zoneAtNoon(now: Date): string {
  const ahead = 12 - now.getUTCHours();
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
