import { batchLoader } from '../../lib/batch-loader.ts';
import type { SessionEnd } from '../../shared/events.ts';
import type { Credentials } from '../../database/transaction.ts';
import type { TabOwner } from './sockets.ts';
import { endedTokens, visibleListsByToken } from '../../models/api-token/queries.ts';
import { endedSessions, visibleListsBySession } from '../../models/session/queries.ts';

/** Credentials that are no longer valid, and why; `replaced`: the session continues under another id. */
export interface EndedCredentials {
  credentials: Credentials;
  reason: SessionEnd | 'replaced';
}

export const credentialsRoom = (credentials: Credentials): string =>
  'sid' in credentials ? `session:${credentials.sid}` : `token:${String(credentials.tokenId)}`;

/** Batched: a thousand tabs that reconnect after a restart take a few statements. */
const ofSession = batchLoader((sids: string[]) => visibleListsBySession(sids));
const ofToken = batchLoader((tokenIds: number[]) => visibleListsByToken(tokenIds));

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
    userIds.size > 0 ? endedSessions([...userIds.keys()], [...userIds.values()]) : [],
    tokenIds.size > 0 ? endedTokens([...tokenIds]) : [],
  ]);
  return [
    ...sessions.map(({ sid, reason }) => ({ credentials: { sid }, reason })),
    ...tokens.map((tokenId) => ({ credentials: { tokenId }, reason: 'revoked' as const })),
  ];
}
