import type { List, Team } from '../../src/models/index.ts';
import { User } from '../../src/models/index.ts';
import type { TestApp } from '../support/app.ts';
import { Client } from '../support/client.ts';
import { createPerson, type Person } from '../support/world.ts';
import { createToken } from '../../src/models/api-token/commands.ts';
import { addMember, createTeam, removeMember } from '../../src/models/team/commands.ts';
import { disableUser, promoteUser } from '../../src/models/user/rights.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
export const parts = ['anonymous', 'stranger', 'member', 'exMember', 'owner', 'administrator', 'disabled'] as const;
export type Part = (typeof parts)[number];

/** Somebody who asks: by a browser, by a program. */
export interface Actor {
  client: Client;
  /** The value of the header, null for nobody. */
  authorization: string | null;
  /** Null for nobody. */
  person: Person | null;
}

/** Everybody there is towards one team, and somebody apart to whom other things belong. */
export interface Cast {
  actors: Record<Part, Actor>;
  team: Team;
  list: List;
  apart: Person;
  apartTeam: Team;
}

/** What is written in everything that belongs to the team or to the person apart: nobody else may read the word. */
export const SECRET = 'Sesame';

export async function createCast(app: TestApp): Promise<Cast> {
  const person = (name: string): Promise<Person> => createPerson(app, name);
  const [ana, bob, eve, exMember, administrator, disabled, apart] = [
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
  const cast = {
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
    apart,
    apartTeam: await createTeam(apart.viewer, `Others ${SECRET}`),
  };
  await disableUser(await User.findByPk(disabled.user.id, { rejectOnEmpty: true }), null, null);
  return cast;
}

/** Gives every new row an id that stands nowhere else on a page. */
export async function numberHighly({ sequelize }: TestApp): Promise<void> {
  await sequelize.query(
    "SELECT setval(quote_ident(sequencename), 7000000 + 100000 * row_number() OVER ()) FROM pg_sequences WHERE schemaname = 'public'",
  );
}

/** That person with the browser that they are signed in with, and a program. */
export async function actorOf(person: Person): Promise<Actor> {
  const { token } = await createToken(person.user.id, {
    name: 'matrix',
    scopes: ['read', 'write'],
    expiresAt: null,
  });
  return { client: person.client, authorization: `Bearer ${token}`, person };
}
