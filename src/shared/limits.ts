/** Lengths that the page's inputs, the schemas and the database's checks all keep to (characters). */
export const limits = {
  description: 500,
  notes: 20_000,
  name: 100,
  categoryName: 60,
  email: 254,
  passwordMin: 8,
  passwordMax: 200,
  search: 200,
  /** The cursor in the URL of a next page: Node refuses request headers of more than 16 kB. */
  cursor: 12_000,
  /** Why somebody is disabled. */
  reason: 500,
  /** Rows on one page of a list. */
  page: 50,
  /** Tasks shown under "Done today". */
  doneToday: 20,
  /** Events that a task's own page tells. */
  history: 10,
  /** Events of one list that a catch-up brings before it says "load afresh". */
  catchUp: 500,
  /** Characters of text that one catch-up brings; a list that has more to bring is loaded afresh. */
  catchUpText: 1_000_000,
  /** What another system calls a task. */
  externalId: 200,
  /** Bytes of a file that is imported, and its rows and columns. */
  importBytes: 20 * 1024 * 1024,
  importRows: 20_000,
  importColumns: 200,
  /** Docs that one merge takes. */
  merge: 10_000,
  /** Stored tasks that one merge compares with them. */
  mergeStored: 50_000,
  /** Events of one reading that are emitted one by one before tabs are asked to catch up instead. */
  burst: 50,
  /** Events of a list that are kept however old, days for which all are, and how many go at once after that. */
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
