import type { Role } from '../models/team/membership.ts';
import type { Member } from '../models/team/queries.ts';

interface StoredTeam {
  id: number;
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

interface StoredInvitation {
  id: number;
  email: string | null;
  createdAt: Date;
  expiresAt: Date;
}

type Url = (path: string) => string;

/** A team as the API returns it. @param url makes an absolute URL of a path of the API */
export const presentTeam = (
  { id, name, createdAt, updatedAt }: StoredTeam,
  { role, listId }: { role: Role; listId: number },
  url: Url,
) => ({
  id,
  url: url(`/teams/${String(id)}`),
  name,
  role,
  listId,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

/** @param url makes an absolute URL of a path of the API */
export const presentMember = (member: Member, teamId: number, url: Url) => ({
  id: member.id,
  url: url(`/teams/${String(teamId)}/members/${String(member.id)}`),
  name: member.name,
  email: member.email,
  emailConfirmed: member.emailConfirmed,
  role: member.role,
  disabled: member.disabled,
});

/** Without its token, of which only a digest is stored. */
export const presentInvitation = ({ id, email, createdAt, expiresAt }: StoredInvitation) => ({
  id,
  email,
  createdAt: createdAt.toISOString(),
  expiresAt: expiresAt.toISOString(),
});
