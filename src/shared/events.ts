/**
 * The wire between server and tabs: the names and payloads of every message, typed for both sides.
 * Other programs are written against these names; an unknown name makes a page refresh itself.
 */
import type { CategoryColor, Priority } from './limits.ts';

/** How far one list has come. Another `epoch`, or a `version` ahead of the server's, means "load afresh". */
export interface Position {
  epoch: string;
  version: number;
}

/** Positions by list id. */
export type Positions = Record<string, Position>;

/** Text in several languages, by BCP 47 key; `original` is always there. */
export interface LocalizedText {
  original: string;
  [language: string]: string;
}

export interface PersonPayload {
  id: number;
  name: string;
}

export interface CategoryPayload {
  id: number;
  listId: number;
  name: LocalizedText;
  color: CategoryColor;
}

/** A task as the API gives it. Times are ISO 8601 in UTC, dates `YYYY-MM-DD`. */
export interface TaskPayload {
  id: number;
  description: string;
  notes: string | null;
  completed: boolean;
  completedAt: string | null;
  dueOn: string | null;
  priority: Priority;
  order: number | null;
  listId: number;
  userId: number | null;
  assigneeId: number | null;
  availableFrom: string | null;
  availableUntil: string | null;
  /** What the window says by the database's clock, which decides where the task stands. */
  available: boolean;
  externalProvider: string | null;
  externalId: string | null;
  revision: number;
  textRevision: number;
  createdAt: string;
  updatedAt: string;
  deletedAt: string | null;
  user: PersonPayload | null;
  assignee: PersonPayload | null;
  categories: CategoryPayload[];
}

/** The subject is not in the event's list any more (deleted, purged or moved). */
export interface Gone {
  id: number;
  revision: number;
  gone: true;
}

/** What every event carries besides its subject. */
export interface Announced {
  list: Position & { id: number };
  actor: PersonPayload | null;
}

export type TaskEvent = (TaskPayload | Gone) & Announced;
export type CategoryEvent = (CategoryPayload | Gone) & Announced;
export type MemberEvent = PersonPayload & Announced;

export type SessionEnd = 'signed_out' | 'expired' | 'disabled' | 'password_changed' | 'revoked';

export const taskEventNames = ['new_task', 'task_updated', 'task_deleted', 'task_restored', 'task_purged'] as const;
export type TaskEventName = (typeof taskEventNames)[number];
export type EventName = TaskEventName | 'category_changed' | 'member_joined' | 'member_left';

/** An event of the log, as a catch-up gives it and as the reader emits it. */
export type ListEvent =
  | { name: TaskEventName; payload: TaskEvent }
  | { name: 'category_changed'; payload: CategoryEvent }
  | { name: 'member_joined' | 'member_left'; payload: MemberEvent };

export type ServerToTab = Record<TaskEventName, (task: TaskEvent) => void> & {
  category_changed: (category: CategoryEvent) => void;
  member_joined: (member: MemberEvent) => void;
  member_left: (member: MemberEvent) => void;
  /** PresenceRegistry (not tabs) connected to the lists that this tab sees. */
  count_updated: (message: { count: number }) => void;
  /** What the server has delivered, so that a tab sees that it is behind. */
  list_versions: (positions: Positions) => void;
  session_ended: (message: { reason: SessionEnd }) => void;
  /** This tab's person sees other lists than before: the page is to be loaded afresh. */
  access_changed: (message: Record<string, never>) => void;
  /** How many tasks this tab's person has to read, counted to 100: 100 stands for more. Also on connecting. */
  inbox_updated: (message: { unread: number }) => void;
  /** The connection ends soon; the tab comes back by itself, at a moment of chance within so many milliseconds. */
  server_restarting: (message: { withinMs: number }) => void;
};

/** By list id; a list that the viewer may not see is left out. */
export type CatchUpAnswer = Record<string, Position & ({ events: ListEvent[] } | { reset: true })>;
export interface ConnectionError {
  error: string;
}

export interface TabToServer {
  /** The one message from a tab: the positions that it holds. */
  catch_up: (positions: Positions, answer: (answer: CatchUpAnswer | ConnectionError) => void) => void;
}

/** What the in-process client tells the loopback server: ids only. `listId` is null where a bulk change does not say its lists. */
export interface Announcement {
  id: number | null;
  listId: number | null;
}
export type AnnouncementName = TaskEventName | 'category_changed';
export type LoopbackMessages = Record<AnnouncementName, (announcement: Announcement) => void>;
