/** What a run recorded from outside the servers: everything that the checker needs. */

/** The database after the load has ended. */
export interface Stored {
  fsync: string;
  synchronousCommit: string;
  lists: {
    id: number;
    version: number;
    keptFrom: number;
    /** Ids of the users who may see it or could earlier. */ viewers: number[];
  }[];
  events: { listId: number; version: number; name: string; subjectId: number }[];
  tasks: { id: number; listId: number; description: string; completed: boolean; trashed: boolean }[];
}

export type TaskState = 'open' | 'done' | 'trashed' | 'purged';

/** A writer's task as it must be after the acknowledged requests; nobody else changes it. */
export interface Written {
  writer: string;
  listId: number;
  /** The first word of its description, and of no other's. */
  tag: string;
  description: string;
  state: TaskState;
  /** Whether the outcome of its creation or last change is unknown. */
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
  /** `list_versions`: events up to here may be skipped. */
  | { kind: 'told'; connection: number; listId: number; version: number };

/** What a tab did: pages that it loaded, events that it applied. */
export type Shown =
  { kind: 'load'; positions: Record<number, number> } | { kind: 'apply'; listId: number; version: number };

export interface TabRecord {
  name: string;
  userId: number;
  received: Received[];
  shown: Shown[];
  /** False once it knows that its session has ended. */
  open: boolean;
  /** Its session ended: the versions two seconds later, beyond which it must receive nothing. */
  ended: { versions: Record<number, number> } | null;
  /** Milliseconds after the load until it had the database's versions; null: not in time. */
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

/** A write without any other load. Milliseconds, `at` of `performance.now()`. */
export interface LoneWrite {
  listId: number;
  version: number;
  acknowledgedAt: number;
  /** The longest event loop stall of the test process meanwhile. */
  stall: number;
}

export interface Exit {
  process: string;
  /** Null: it exited by itself. */
  asked: 'SIGKILL' | 'SIGTERM' | null;
  code: number | null;
}

/** A process before and after many tabs connected and disconnected, counted without open tabs. */
export interface Churn {
  cycles: number;
  heapBefore: number;
  heapAfter: number;
  left: { sockets: number; rooms: number; newListeners: number };
}

export interface Evidence {
  stored: Stored;
  written: Written[];
  /** Answers to a writer that contradict earlier ones. */
  contradictions: { writer: string; listId: number; what: string }[];
  tabs: TabRecord[];
  absences: Absence[];
  lone: LoneWrite[];
  exits: Exit[];
  membershipLoad: Churn | null;
}
