import { batchLoader } from '../../lib/batch-loader.ts';
import type { SessionEnd } from '../../shared/events.ts';
import type { TabOwner } from './sockets.ts';
import { endedTokens, visibleListsByToken } from '../../models/api-token/queries.ts';
import { endedSessions, visibleListsBySession } from '../../models/session/queries.ts';

/** What lets somebody in: the session of a browser, or a program's token. */
export type Pass = { sid: string } | { tokenId: number };

/** A connection whose access has ended, and why; `replaced`: the session goes on under another id. */
export interface EndedPass {
  pass: Pass;
  reason: SessionEnd | 'replaced';
}

export const passRoom = (pass: Pass): string =>
  'sid' in pass ? `session:${pass.sid}` : `token:${String(pass.tokenId)}`;

/** A thousand tabs that come back at once, after a restart, are a few statements. */
const ofSession = batchLoader((sids: string[]) => visibleListsBySession(sids));
const ofToken = batchLoader((tokenIds: number[]) => visibleListsByToken(tokenIds));

/** The lists that it opens now; none where it has ended. */
export async function listsOpenedBy(pass: Pass): Promise<number[]> {
  return (await ('sid' in pass ? ofSession(pass.sid) : ofToken(pass.tokenId))) ?? [];
}

/** Which of these have ended. */
export async function endedAmong(owners: TabOwner[]): Promise<EndedPass[]> {
  const userIds = new Map(
    owners.flatMap(({ pass, viewer }) => ('sid' in pass ? [[pass.sid, viewer.id] as const] : [])),
  );
  const tokenIds = new Set(owners.flatMap(({ pass }) => ('tokenId' in pass ? pass.tokenId : [])));
  const [sessions, tokens] = await Promise.all([
    userIds.size > 0 ? endedSessions([...userIds.keys()], [...userIds.values()]) : [],
    tokenIds.size > 0 ? endedTokens([...tokenIds]) : [],
  ]);
  return [
    ...sessions.map(({ sid, reason }) => ({ pass: { sid }, reason })),
    ...tokens.map((tokenId) => ({ pass: { tokenId }, reason: 'revoked' as const })),
  ];
}
