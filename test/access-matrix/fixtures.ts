import type { List, Team } from '../../src/models/index.ts';
import { ApiToken, User } from '../../src/models/index.ts';
import type { TestApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { createPerson, type Person } from '../support/world.ts';
import { createToken } from '../../src/models/api-token/commands.ts';
import { addMember, createTeam, removeMember } from '../../src/models/team/commands.ts';
import { disableUser, promoteUser } from '../../src/models/user/rights.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
export const roles = ['anonymous', 'stranger', 'member', 'exMember', 'owner', 'administrator', 'disabled'] as const;
export type Role = (typeof roles)[number];

/** Sends requests as a browser and as an API client. */
export interface Actor {
  client: Client;
  /** The value of the header; null when signed out. */
  authorization: string | null;
  /** Null when signed out. */
  person: Person | null;
}

/** One actor for each role towards a team, and another person who owns other records. */
export interface Fixtures {
  actors: Record<Role, Actor>;
  team: Team;
  list: List;
  other: Person;
  otherTeam: Team;
}

/** Contained in all records of the team: only its members may read it. */
export const SECRET = 'Sesame';

export async function createFixtures(app: TestApp): Promise<Fixtures> {
  const person = (name: string): Promise<Person> => createPerson(app, name);
  const [ana, bob, eve, exMember, administrator, disabled, other] = [
    await person('Ana'),
    await person('Bob'),
    await person('Eve'),
    await person('Exmember'),
    await person('Administrator'),
    await person('Disabled'),
    await person('Apart'),
  ];
  await promoteUser(administrator.user);
  const team = await createTeam(ana.viewer, `Team ${SECRET}`);
  for (const { user } of [bob, exMember, disabled]) await addMember(team, ana.viewer.id, user.id);
  await removeMember(team, ana.viewer, exMember.user.id);
  const fixtures = {
    actors: {
      anonymous: { client: new Client(app.url), authorization: null, person: null },
      stranger: await actorOf(eve),
      member: await actorOf(bob),
      exMember: await actorOf(exMember),
      owner: await actorOf(ana),
      administrator: await actorOf(administrator),
      disabled: await actorOf(disabled),
    },
    team,
    list: await findTeamList(team.id),
    other,
    otherTeam: await createTeam(other.viewer, `Others ${SECRET}`),
  };
  await disableUser(await User.findByPk(disabled.user.id, { rejectOnEmpty: true }), null, null);
  return fixtures;
}

/** Starts ids so high that they occur nowhere else on a page. */
export async function startIdsHigh({ sequelize }: TestApp): Promise<void> {
  await sequelize.query(
    "SELECT setval(quote_ident(sequencename), 7000000 + 100000 * row_number() OVER ()) FROM pg_sequences WHERE schemaname = 'public'",
  );
}

/** Gives a signed-in person an API token, instead of an earlier one: nobody may own many. */
export async function actorOf(person: Person): Promise<Actor> {
  await ApiToken.destroy({ where: { userId: person.user.id, name: 'matrix' } });
  const { token } = await createToken(person.user.id, {
    name: 'matrix',
    scopes: ['read', 'write'],
    expiresAt: null,
  });
  return { client: person.client, authorization: `Bearer ${token}`, person };
}
