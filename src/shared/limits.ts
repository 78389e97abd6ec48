/**
 * Limits of pages and schemas. Text lengths are in characters. The checks of the database repeat some, so that changing
 * one needs a migration.
 */
export const limits = {
  description: 500,
  notes: 20_000,
  name: 100,
  categoryName: 60,
  email: 254,
  passwordMin: 8,
  passwordMax: 200,
  search: 200,
  /** Of what is stored with a day or a time. */
  firstYear: 1900,
  /** The cursor in the URL of a next page: Node refuses request headers of more than 16 kB. */
  cursor: 12_000,
  /**
   * What one owner may have, held by triggers (`limit_rows`): categories of a list, teams of a user, members and open
   * invitations of a team, API tokens of a user.
   */
  categories: 500,
  teams: 100,
  members: 500,
  invitations: 200,
  tokens: 50,
  /** Sessions of a user; with more, the one unused for longest ends. */
  sessions: 100,
  /** The reason for disabling a user. */
  reason: 500,
  /** Rows on one page of a list. */
  page: 50,
  /** What a search shows besides the list. */
  also: 20,
  /** Tasks under "Done today". */
  doneToday: 20,
  /** Activity entries on the page of a task. */
  history: 10,
  /** Events of one list in a catch-up; with more the tab has to reload. */
  catchUp: 500,
  /** Characters of text in one catch-up; with more the tab has to reload. */
  catchUpText: 1_000_000,
  /** The key of a task in another system. */
  externalId: 200,
  /** Size, rows and columns of an imported file. */
  importBytes: 20 * 1024 * 1024,
  importRows: 20_000,
  importColumns: 200,
  /** Cells of a CSV file, values of a JSON file: all of it is in memory. */
  importValues: 1_000_000,
  /** Docs in one merge, its size, and the values in it: half of its docs with all fields and 50 categories. */
  merge: 10_000,
  mergeBytes: 20 * 1024 * 1024,
  mergeValues: 500_000,
  /** Stored tasks that one merge compares with its docs. */
  mergeStored: 50_000,
  /** Events of one read that are emitted one by one; with more, tabs are asked to catch up instead. */
  burst: 50,
  /**
   * Retention of events: how many every list keeps, for how many days all are kept, and the batch size of pruning.
   */
  eventsKept: 1000,
  eventDays: 30,
  pruneBatch: 500,
} as const;

export const priorities = [0, 1, 2, 3] as const;
export type Priority = (typeof priorities)[number];

export const categoryColors = [
  'red',
  'orange',
  'amber',
  'lime',
  'green',
  'teal',
  'cyan',
  'blue',
  'indigo',
  'violet',
  'pink',
  'grey',
] as const;
export type CategoryColor = (typeof categoryColors)[number];

export const locales = ['en', 'es', 'zh', 'ar'] as const;
export type Locale = (typeof locales)[number];

/** Limits of one socket and its person, which programs have to know too. */
export const socketLimits = {
  /** Bytes of one packet; the largest legitimate one, positions of 200 lists, has 12 kB. */
  packetBytes: 65_536,
  packetsPerSecond: 30,
  /** Of all packets: several catch-ups with positions of 200 lists. */
  bytesPerSecond: 65_536,
  /** After so many packets that no client of ours sends, a socket is disconnected. */
  malformedPackets: 3,
  tabsPerUser: 50,
  catchUpLists: 200,
  catchUpsAtOnce: 4,
};
