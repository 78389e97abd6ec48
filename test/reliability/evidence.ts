/** What a run leaves behind, as it is seen from outside: all that the checker needs, and nothing of the servers' own words. */

/** Of the database, when everything is quiet. */
export interface Stored {
  fsync: string;
  synchronousCommit: string;
  lists: {
    id: number;
    version: number;
    keptFrom: number;
    /** Ids of the users who may see it, or might once. */ viewers: number[];
  }[];
  events: { listId: number; version: number; name: string; subjectId: number }[];
  tasks: { id: number; listId: number; description: string; completed: boolean; trashed: boolean }[];
}

export type TaskState = 'open' | 'done' | 'trashed' | 'purged';

/** A task of a writer, as it has to be after what was acknowledged. Nobody else changes it. */
export interface Written {
  writer: string;
  listId: number;
  /** The first word of its description, and of no other's. */
  tag: string;
  description: string;
  state: TaskState;
  /** True as long as the answer to its making or to its last change is not known. */
  unknown: boolean;
}

/** An event of a list's log at a tab; `at` is of `performance.now()`. */
export interface SeenEvent {
  listId: number;
  version: number;
  name: string;
  subjectId: number;
  at: number;
}

export type Received =
  | ({ kind: 'event'; /** The tab's first connection is 1. */ connection: number } & SeenEvent)
  | ({ kind: 'caught_up' } & SeenEvent)
  /** `list_versions`: what lies before need not come one by one. */
  | { kind: 'told'; connection: number; listId: number; version: number };

/** What a tab did with what it received: pages that it loaded, events that it applied. */
export type Shown =
  { kind: 'load'; positions: Record<number, number> } | { kind: 'apply'; listId: number; version: number };

export interface TabRecord {
  name: string;
  userId: number;
  received: Received[];
  shown: Shown[];
  /** False once it was told, or has found out, that its session is over. */
  open: boolean;
  /** Its session was ended: the versions, two seconds later, beyond which it may receive nothing. */
  ended: { versions: Record<number, number> } | null;
  /** Milliseconds of quiet until it held the database's versions; null: not within its time. */
  currentAfter: number | null;
  /** Of an open tab at the very end. */
  final: { positions: Record<number, number>; rows: string[]; freshRows: string[] } | null;
}

/** A member who was away from a team: what is later than `beyond` may not reach them before `until`, of `performance.now()`, when they asked to come back. */
export interface Absence {
  userId: number;
  listId: number;
  beyond: number;
  until: number;
}

/** A write with nothing going on around it. Milliseconds, `at` of `performance.now()`. */
export interface LoneWrite {
  listId: number;
  version: number;
  acknowledgedAt: number;
  /** The longest time for which this very machine gave the test no turn meanwhile. */
  stall: number;
}

export interface Exit {
  process: string;
  /** Null: it ended by itself. */
  asked: 'SIGKILL' | 'SIGTERM' | null;
  code: number | null;
}

/** One process before and after many tabs came and went; all counts with no tab open. */
export interface Churn {
  cycles: number;
  heapBefore: number;
  heapAfter: number;
  left: { sockets: number; rooms: number; newListeners: number };
}

export interface Evidence {
  stored: Stored;
  written: Written[];
  /** What a writer was told that contradicts what it was told before. */
  contradictions: { writer: string; listId: number; what: string }[];
  tabs: TabRecord[];
  absences: Absence[];
  lone: LoneWrite[];
  exits: Exit[];
  membershipLoad: Churn | null;
}
