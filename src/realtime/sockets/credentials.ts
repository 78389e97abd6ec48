import { batchLoader } from '../../lib/batch-loader.ts';
import { ApiToken } from '../../models/api-token/api-token.ts';
import { Session } from '../../models/session/session.ts';
import type { SessionEnd } from '../../shared/events.ts';
import type { Credentials, TabOwner } from './sockets.ts';

/** Credentials that are no longer valid, and why; `replaced`: the session continues under another id. */
export interface EndedCredentials {
  credentials: Credentials;
  reason: SessionEnd | 'replaced';
}

export const credentialsRoom = (credentials: Credentials): string =>
  'sid' in credentials ? `session:${credentials.sid}` : `token:${String(credentials.tokenId)}`;

/** Batched: a thousand tabs that reconnect after a restart take a few statements. */
const ofSession = batchLoader((sids: string[]) => Session.listIds(sids));
const ofToken = batchLoader((tokenIds: number[]) => ApiToken.listIds(tokenIds));

/** The lists visible with these credentials now; none if they are no longer valid. */
export async function listIdsFor(credentials: Credentials): Promise<number[]> {
  return (await ('sid' in credentials ? ofSession(credentials.sid) : ofToken(credentials.tokenId))) ?? [];
}

/** Which of these credentials are no longer valid. */
export async function findEnded(owners: TabOwner[]): Promise<EndedCredentials[]> {
  const userIds = new Map(
    owners.flatMap(({ credentials, viewer }) => ('sid' in credentials ? [[credentials.sid, viewer.id] as const] : [])),
  );
  const tokenIds = new Set(owners.flatMap(({ credentials }) => ('tokenId' in credentials ? credentials.tokenId : [])));
  const [sessions, tokens] = await Promise.all([
    userIds.size > 0 ? Session.ended([...userIds.keys()], [...userIds.values()]) : [],
    tokenIds.size > 0 ? ApiToken.ended([...tokenIds]) : [],
  ]);
  return [
    ...sessions.map(({ sid, reason }) => ({ credentials: { sid }, reason })),
    ...tokens.map((tokenId) => ({ credentials: { tokenId }, reason: 'revoked' as const })),
  ];
}
