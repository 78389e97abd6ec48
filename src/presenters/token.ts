import type { TokenScope } from '../schemas/token.ts';

interface StoredToken {
  id: number;
  name: string;
  prefix: string;
  scopes: TokenScope[];
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
}

/** The fields of a token that clients see; never its digest. */
export const presentToken = ({ id, name, prefix, scopes, createdAt, lastUsedAt, expiresAt }: StoredToken) => ({
  id,
  name,
  prefix,
  scopes,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  expiresAt: expiresAt?.toISOString() ?? null,
});
