/** What a run recorded from outside the servers; the input of the checker. */

/** The database after the load has ended. */
export interface Stored {
  fsync: string;
  synchronousCommit: string;
  lists: {
    id: number;
    version: number;
    keptFrom: number;
    /** Ids of all users who can see it or once could. */
    viewers: number[];
  }[];
  events: { listId: number; version: number; name: string; subjectId: number }[];
  tasks: { id: number; listId: number; description: string; completed: boolean; trashed: boolean }[];
}

export type TaskState = 'open' | 'done' | 'trashed' | 'purged';

/** A writer's task as it must be after the acknowledged requests; nobody else changes it. */
export interface Written {
  writer: string;
  listId: number;
  /** The first word of its description; unique. */
  tag: string;
  description: string;
  state: TaskState;
  /** Whether the outcome of its creation or last change is unknown. */
  unknown: boolean;
}

/** An event as received by a tab; `at` is from `performance.now()`. */
export interface SeenEvent {
  listId: number;
  version: number;
  name: string;
  subjectId: number;
  at: number;
}

export type Received =
  | ({ kind: 'event'; /** Counts from 1. */ connection: number } & SeenEvent)
  | ({ kind: 'caught_up' } & SeenEvent)
  /** `list_versions`: events up to this version may be skipped. */
  | { kind: 'announced'; connection: number; listId: number; version: number };

/** A page that a tab loaded, or an event that it applied. */
export type Shown =
  { kind: 'load'; positions: Record<number, number> } | { kind: 'apply'; listId: number; version: number };

export interface TabRecord {
  name: string;
  userId: number;
  received: Received[];
  shown: Shown[];
  /** False once it knows that its session has ended. */
  open: boolean;
  /** Set when its session has ended: the versions two seconds later, after which it must receive nothing. */
  ended: { versions: Record<number, number> } | null;
  /** Milliseconds after the load until it had the database's versions; null: not in time. */
  currentAfter: number | null;
  /** Set for tabs that are open at the end of the run. */
  final: { positions: Record<number, number>; rows: string[]; freshRows: string[] } | null;
}

/** A period without membership: events after version `since` must not arrive before `until`, when the member asked to rejoin (`performance.now()`). */
export interface Absence {
  userId: number;
  listId: number;
  since: number;
  until: number;
}

/** A write without any other load; times in milliseconds. */
export interface IsolatedWrite {
  listId: number;
  version: number;
  acknowledgedAt: number;
  /** The test process's longest event loop stall meanwhile. */
  stall: number;
}

export interface Exit {
  process: string;
  /** Null: it exited by itself. */
  signal: 'SIGKILL' | 'SIGTERM' | null;
  code: number | null;
}

/** A process before and after many tabs connected and disconnected, measured without open tabs. */
export interface ConnectionLoad {
  cycles: number;
  heapBefore: number;
  heapAfter: number;
  left: { sockets: number; rooms: number; newListeners: number };
}

export interface Evidence {
  stored: Stored;
  written: Written[];
  /** Responses to a writer that contradict earlier ones. */
  contradictions: { writer: string; listId: number; what: string }[];
  tabs: TabRecord[];
  absences: Absence[];
  isolatedWrites: IsolatedWrite[];
  exits: Exit[];
  connectionLoad: ConnectionLoad | null;
}
