/** What one tab, one person and one second may cost the process. */
export const bounds = {
  /** Bytes of one packet from a tab; the largest honest one, positions of 200 lists, has 12 kB. */
  packetBytes: 65_536,
  packetsPerSecond: 30,
  tabsPerUser: 50,
  /** Connections of programs that have not brought their token yet. */
  unknownLists: 200,
  /** A connection that has joined nothing after so many ms is closed. */
  connectMs: 10_000,
  /**
   * Bytes that may wait for a tab that does not read. Above the largest honest burst (50 tasks with 20,000
   * characters of notes, 3 MB), so that only who stopped reading is cut.
   */
  unsentBytes: 4_000_000,
  catchUpLists: 200,
  catchUpsAtOnce: 4,
  sweepMs: 1000,
  heartbeatMs: 20_000,
  /** Comings and goings within so many ms are counted once. */
  presenceMs: 250,
  /** Changes of lists within so many ms are looked through once for what people have to read. */
  inboxMs: 250,
  /** How often a process says who is still there; what it said counts for 15 s. */
  presenceRefreshMs: 5000,
  /** When a stop tells the tabs to come back: each at a moment of chance, so many ms for a tab, within these bounds. */
  reconnectWithinMs: { each: 2, least: 1000, most: 10_000 },
  /** How long a stop waits for the last reading, and then for tabs to answer the closing of their websocket. */
  lastReadingMs: 2000,
  closingMs: 1000,
};

export type Bounds = typeof bounds;
