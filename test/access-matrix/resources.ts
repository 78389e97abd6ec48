/** What a request is about, made anew for each: the parameters of its path by name. */
import { QueryTypes } from 'sequelize';
import type { Task, Team } from '../../src/models/index.ts';
import { List, User } from '../../src/models/index.ts';
import { worldPassword, type Person } from '../support/world.ts';
import type { Belonging } from './access.ts';
import { SECRET, type Cast, type Part } from './cast.ts';
import { createToken } from '../../src/models/api-token/commands.ts';
import { createSession } from '../../src/models/session/commands.ts';
import { addMember, createTeam, removeMember } from '../../src/models/team/commands.ts';
import { createInvitation } from '../../src/models/team/invitations.ts';
import { requestEmailChange } from '../../src/models/user/email-changes.ts';
import { requestPasswordReset } from '../../src/models/user/password-resets.ts';
import { createCategory } from '../../src/models/category/commands.ts';
import { followTask } from '../../src/models/follow/commands.ts';
import { createTask, moveToTrash } from '../../src/models/task/commands.ts';
export type Made = Record<string, string>;

interface Place {
  /** Who makes it. */
  owner: Person;
  /** Others in the owner's team. */
  members: Person[];
  exMembers: Person[];
  list: List;
  /** To whom it belongs where it is one's own; who is nobody, or nobody any more, has nothing. */
  own: Person;
  word: string;
}

/** Stands in everything that belongs to the person apart. */
export const APART = 'Abracadabra';
const NOBODY = '2147483000';

const makers = {
  task: async (place: Place): Promise<Made> => ({
    id: String((await aTask(place)).id),
    listId: String(place.own.list.id),
  }),
  trashedTask: async (place: Place): Promise<Made> => ({
    id: String((await moveToTrash(await aTask(place), place.owner.viewer)).id),
  }),
  category: async ({ owner, list, word }: Place): Promise<Made> => {
    const { id } = await createCategory(owner.viewer, list.id, {
      name: { original: `${word} ${unique()}` },
      color: 'teal',
    });
    return { id: String(id) };
  },
  list: ({ list }: Place): Promise<Made> => Promise.resolve({ id: String(list.id) }),
  team: async (place: Place): Promise<Made> => {
    const { id, name } = await aTeam(place);
    return { id: String(id), name };
  },
  member: async (place: Place): Promise<Made> => ({
    id: String((await aTeam(place)).id),
    userId: String((place.members[0] ?? place.owner).user.id),
  }),
  teamInvitation: async (place: Place): Promise<Made> => {
    const team = await aTeam(place);
    const { invitation } = await createInvitation(place.owner.viewer, team, 'somebody@example.com');
    return { id: String(team.id), invitationId: String(invitation.id) };
  },
  // Whoever accepts it may read the name of its team from then on.
  link: async (place: Place): Promise<Made> => ({
    token: (await createInvitation(place.owner.viewer, await aTeam({ ...place, word: 'Open' }), null)).secret,
  }),
  user: async (): Promise<Made> => {
    const { id } = await User.create({ name: 'Somebody', email: `${unique()}@example.com`, passwordDigest: '-' });
    await List.create({ userId: id });
    return { id: String(id) };
  },
  oneself: ({ own }: Place): Promise<Made> => Promise.resolve({ id: String(own.user.id) }),
  follow: async ({ own }: Place): Promise<Made> => {
    const { id } = await createTask(own.viewer, { description: "Of one's own", listId: own.list.id });
    return { id: String((await followTask(own.viewer, id)).follow.id) };
  },
  session: async ({ own }: Place): Promise<Made> => {
    const sid = crypto.randomUUID();
    await createSession({ sid, userId: own.user.id, kept: {}, address: null, agent: null });
    const [row] = await User.sequelize!.query<{ id: number }>('SELECT id FROM sessions WHERE sid = $1', {
      bind: [sid],
      type: QueryTypes.SELECT,
    });
    return { id: String(row?.id) };
  },
  passwordReset: async ({ owner }: Place): Promise<Made> => {
    let token = '';
    await requestPasswordReset(owner.user.email, (secret) => {
      token = secret;
      return { subject: 'A link', text: 'A link', link: null };
    });
    return { token };
  },
  emailChange: async ({ own }: Place): Promise<Made> => {
    let token = '';
    await requestEmailChange(own.viewer, `${unique()}@example.com`, worldPassword, (secret) => {
      token = secret;
      return { subject: 'A link', text: 'A link', link: null };
    });
    return { token };
  },
  token: async ({ own, word }: Place): Promise<Made> => ({
    id: String((await createToken(own.user.id, { name: word, scopes: ['read'], expiresAt: null })).row.id),
  }),
} satisfies Record<string, (place: Place) => Promise<Made>>;

export type Kind = keyof typeof makers;

/** @returns ids that nobody has for `none`, nothing where nothing is asked for */
export async function make(kind: Kind | undefined, belonging: Belonging, cast: Cast, part: Part): Promise<Made> {
  if (kind === undefined) return {};
  const made = await makers[kind](placeOf(belonging === 'theirs' ? 'theirs' : 'apart', cast, part));
  return belonging === 'none'
    ? Object.fromEntries(
        Object.entries(made).map(([name, value]) => [name, /^\d+$/.test(value) ? NOBODY : 'a'.repeat(43)]),
      )
    : made;
}

function placeOf(belonging: 'theirs' | 'apart', { actors, list, apart }: Cast, part: Part): Place {
  const person = (name: Part): Person => actors[name].person!;
  if (belonging === 'apart')
    return { owner: apart, members: [], exMembers: [], list: apart.list, own: apart, word: APART };
  return {
    owner: person('owner'),
    members: [person('member')],
    exMembers: [person('exMember')],
    list,
    own: part === 'anonymous' || part === 'disabled' ? person('owner') : person(part),
    word: SECRET,
  };
}

const aTask = ({ owner, list, word }: Place): Promise<Task> =>
  createTask(owner.viewer, { description: `${word} to do`, listId: list.id });

async function aTeam({ owner, members, exMembers, word }: Place): Promise<Team> {
  const team = await createTeam(owner.viewer, `${word} ${unique()}`);
  for (const { user } of [...members, ...exMembers]) await addMember(team, owner.viewer.id, user.id);
  for (const { user } of exMembers) await removeMember(team, owner.viewer, user.id);
  return team;
}

const unique = (): string => crypto.randomUUID().slice(0, 8);
