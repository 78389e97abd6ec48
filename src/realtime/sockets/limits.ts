/** Limits per tab, per user and per second. Times are in milliseconds. */
export const defaultLimits = {
  /** Bytes of one packet from a tab; the largest legitimate one, positions of 200 lists, has 12 kB. */
  packetBytes: 65_536,
  packetsPerSecond: 30,
  /** Of all packets of a tab: several catch-ups with positions of 200 lists. */
  bytesPerSecond: 65_536,
  /** After so many packets that no client of ours sends, a tab is disconnected. */
  malformedPackets: 3,
  tabsPerUser: 50,
  /** Connections of API clients that have not sent their token yet. */
  unauthenticatedConnections: 200,
  /** A connection that has not joined a namespace after this time is closed. */
  connectMs: 10_000,
  /**
   * Unsent bytes after which a tab is disconnected. Above the largest legitimate burst (50 tasks with 20,000
   * characters of notes, 3 MB), so that it only affects tabs that stopped reading.
   */
  unsentBytes: 4_000_000,
  catchUpLists: 200,
  catchUpsAtOnce: 4,
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
