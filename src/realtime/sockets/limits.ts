import { socketLimits } from '../../shared/limits.ts';

/** Limits per tab, per user and per second. Times are in milliseconds. */
export const defaultLimits = {
  ...socketLimits,
  /** Connections of programs that have not sent their token yet, of all and of one network. */
  unauthenticatedConnections: 200,
  unauthenticatedPerNetwork: 50,
  /** A connection that has not joined a namespace after this time is closed. */
  connectMs: 10_000,
  /**
   * Unsent bytes after which a tab is disconnected. Above the largest legitimate burst (50 tasks with 20,000
   * characters of notes, 3 MB), so that it only affects tabs that stopped reading.
   */
  unsentBytes: 4_000_000,
  sweepMs: 1000,
  heartbeatMs: 20_000,
  /** How often a tab hears from the server, by one byte: it takes a longer silence for a dead line. */
  pulseMs: 2000,
  /** Joins and leaves within this time are counted together. */
  presenceMs: 250,
  /** List changes within this time share one query for unread counts. */
  inboxMs: 250,
  /** How often a process refreshes its presence rows, which count for 15 s. */
  presenceRefreshMs: 5000,
  /** On shutdown tabs reconnect at a random moment within this time: `each` ms per tab, between `least` and `most`. */
  reconnectWithinMs: { each: 2, least: 1000, most: 10_000 },
  /** How long a shutdown waits for the last delivery, and then for tabs to answer the websocket's close. */
  lastReadingMs: 2000,
  closingMs: 1000,
};

export type SocketLimits = typeof defaultLimits;
