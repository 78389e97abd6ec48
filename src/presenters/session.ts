import type { OpenSession } from '../models/session/queries.ts';

/** A session as the API returns it; never its sid. */
export const presentSession = ({ id, agent, address, createdAt, lastSeenAt }: OpenSession) => ({
  id,
  agent,
  address,
  createdAt: createdAt.toISOString(),
  lastSeenAt: lastSeenAt.toISOString(),
});
