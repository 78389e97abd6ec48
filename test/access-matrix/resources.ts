import assert from 'node:assert/strict';
/** Creates the record for each request. */
import { Op, QueryTypes } from 'sequelize';
import type { Task } from '../../src/models/index.ts';
import { List, Mail, Team, User } from '../../src/models/index.ts';
import { worldPassword, type Person } from '../support/world.ts';
import type { Ownership } from './access.ts';
import { SECRET, type Fixtures, type Role } from './fixtures.ts';
import { createToken } from '../../src/models/api-token/commands.ts';
import { createSession } from '../../src/models/session/commands.ts';
import { addMember, createTeam, removeMember } from '../../src/models/team/commands.ts';
import { createInvitation } from '../../src/models/team/invitations.ts';
import { requestEmailChange } from '../../src/models/user/email-changes.ts';
import { requestRegistration } from '../../src/models/user/pending-registrations.ts';
import { requestPasswordReset } from '../../src/models/user/password-resets.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { followTask } from '../../src/models/follow/commands.ts';
import { createTask, moveToTrash } from '../../src/models/task/commands.ts';
export type Params = Record<string, string>;

interface Context {
  /** Creates the record. */
  owner: Person;
  /** Others in the owner's team. */
  members: Person[];
  exMembers: Person[];
  list: List;
  /** Owns personal records; signed-out and disabled actors have none. */
  own: Person;
  word: string;
}

/** Contained in all records of the other person. */
export const OTHER_SECRET = 'Abracadabra';
const UNUSED_ID = '2147483000';

const factories = {
  task: async (context: Context): Promise<Params> => ({
    id: String((await createTaskFor(context)).id),
    listId: String(context.own.list.id),
  }),
  trashedTask: async (context: Context): Promise<Params> => ({
    id: String((await moveToTrash(await createTaskFor(context), context.owner.viewer)).id),
  }),
  category: async ({ owner, list, word }: Context): Promise<Params> => {
    const { id } = await createCategory(owner.viewer, list.id, {
      name: { original: `${word} ${unique()}` },
      color: 'teal',
    });
    return { id: String(id) };
  },
  list: ({ list }: Context): Promise<Params> => Promise.resolve({ id: String(list.id) }),
  team: async (context: Context): Promise<Params> => {
    const { id, name } = await createTeamFor(context);
    return { id: String(id), name };
  },
  member: async (context: Context): Promise<Params> => ({
    id: String((await createTeamFor(context)).id),
    userId: String((context.members[0] ?? context.owner).user.id),
  }),
  teamInvitation: async (context: Context): Promise<Params> => {
    const team = await createTeamFor(context);
    const { invitation } = await createInvitation(context.owner.viewer, team, 'somebody@example.com');
    return { id: String(team.id), invitationId: String(invitation.id) };
  },
  // Without the secret in the team's name, because anyone who accepts it may read that.
  link: async (context: Context): Promise<Params> => ({
    token: (await createInvitation(context.owner.viewer, await createTeamFor({ ...context, word: 'Open' }), null))
      .secret,
  }),
  user: async (): Promise<Params> => {
    const { id } = await User.create({ name: 'Somebody', email: `${unique()}@example.com`, passwordDigest: '-' });
    await List.create({ userId: id });
    return { id: String(id) };
  },
  self: ({ own }: Context): Promise<Params> => Promise.resolve({ id: String(own.user.id) }),
  follow: async ({ own }: Context): Promise<Params> => {
    const { id } = await createTask(own.viewer, { description: "Of one's own", listId: own.list.id });
    return { id: String((await followTask(own.viewer, id)).follow.id) };
  },
  session: async ({ own }: Context): Promise<Params> => {
    const sid = crypto.randomUUID();
    await createSession({ sid, userId: own.user.id, kept: {}, address: null, agent: null });
    const [row] = await User.sequelize!.query<{ id: number }>('SELECT id FROM sessions WHERE sid = $1', {
      bind: [sid],
      type: QueryTypes.SELECT,
    });
    return { id: String(row?.id) };
  },
  passwordReset: async ({ owner }: Context): Promise<Params> => {
    let token = '';
    await requestPasswordReset(owner.user.email, (secret) => {
      token = secret;
      return { subject: 'A link', text: 'A link', link: null };
    });
    return { token };
  },
  // Without a secret in the name, which whoever completes it sees, and administrators too.
  registration: async (): Promise<Params> => {
    let token = '';
    const email = `${unique()}@example.com`;
    await requestRegistration(
      { name: 'Somebody', email, password: worldPassword, locale: 'en', timeZone: 'UTC' },
      {
        confirm(secret) {
          token = secret;
          return { subject: 'A link', text: 'A link', link: null };
        },
        taken: () => assert.fail('nobody has this address'),
      },
    );
    return { token };
  },
  mail: async ({ owner }: Context): Promise<Params> => {
    const { id } = await Mail.create({
      recipient: owner.user.email,
      subject: 'A link',
      text: 'A link',
      link: '/password-resets/x',
      expiresAt: new Date(Date.now() + 600_000),
    });
    return { id: String(id) };
  },
  emailChange: async ({ own }: Context): Promise<Params> => {
    let token = '';
    await requestEmailChange(own.viewer, `${unique()}@example.com`, worldPassword, (secret) => {
      token = secret;
      return { subject: 'A link', text: 'A link', link: null };
    });
    return { token };
  },
  token: async ({ own, word }: Context): Promise<Params> => ({
    id: String((await createToken(own.user.id, { name: word, scopes: ['read'], expiresAt: null })).row.id),
  }),
} satisfies Record<string, (context: Context) => Promise<Params>>;

export type Kind = keyof typeof factories;

/** @returns the parameters of the path and input; for 'missing' with ids that do not exist */
export async function createResource(
  kind: Kind | undefined,
  ownership: Ownership,
  fixtures: Fixtures,
  role: Role,
): Promise<Params> {
  if (kind === undefined) return {};
  const params = await factories[kind](contextOf(ownership === 'own' ? 'own' : 'other', fixtures, role));
  return ownership === 'missing'
    ? Object.fromEntries(
        Object.entries(params).map(([name, value]) => [name, /^\d+$/.test(value) ? UNUSED_ID : 'a'.repeat(43)]),
      )
    : params;
}

function contextOf(ownership: 'own' | 'other', { actors, list, other }: Fixtures, role: Role): Context {
  const person = (name: Role): Person => actors[name].person!;
  if (ownership === 'other')
    return { owner: other, members: [], exMembers: [], list: other.list, own: other, word: OTHER_SECRET };
  return {
    owner: person('owner'),
    members: [person('member')],
    exMembers: [person('exMember')],
    list,
    own: role === 'anonymous' || role === 'disabled' ? person('owner') : person(role),
    word: SECRET,
  };
}

const createTaskFor = ({ owner, list, word }: Context): Promise<Task> =>
  createTask(owner.viewer, { description: `${word} to do`, listId: list.id });

/** Instead of an earlier one: nobody may own many. */
async function createTeamFor({ owner, members, exMembers, word }: Context): Promise<Team> {
  await Team.destroy({ where: { name: { [Op.startsWith]: `${word} ` } } });
  const team = await createTeam(owner.viewer, `${word} ${unique()}`);
  for (const { user } of [...members, ...exMembers]) await addMember(team, owner.viewer.id, user.id);
  for (const { user } of exMembers) await removeMember(team, owner.viewer, user.id);
  return team;
}

const unique = (): string => crypto.randomUUID().slice(0, 8);
