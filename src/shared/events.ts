/**
 * The socket protocol: names and payloads of every message, typed for both sides. The names are a public contract,
 * also for other programs; a page that receives an unknown name refreshes itself.
 */
import type { CategoryColor, Priority } from './limits.ts';

/** A position in the log of a list. A different `epoch`, or a `version` ahead of the server's, requires a reload. */
export interface Position {
  epoch: string;
  version: number;
}

/** Positions by list id. */
export type Positions = Record<string, Position>;

/** Text by language (BCP 47); `original` is always present. */
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

/** A part of a text: plain, a link, or what was searched for. */
export interface TextPart {
  text: string;
  href?: string | undefined;
  found?: boolean | undefined;
}

/** A task in pages, sockets and API. Times are ISO 8601 in UTC, dates `YYYY-MM-DD`. */
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
  /** Whether now is between availableFrom and availableUntil, by the clock of the database. */
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
  /** The description in parts, where it has links. */
  parts?: TextPart[] | undefined;
}

/** The subject is no longer in the event's list: deleted, purged or moved. */
export interface Gone {
  id: number;
  revision: number;
  gone: true;
}

/** What every event has besides its subject. */
export interface Announced {
  list: Position & { id: number };
  actor: PersonPayload | null;
}

/** Where the API has the subject, at the address by which the client reached the server. */
interface Located {
  url?: string;
}

export type TaskEvent = ((TaskPayload & Located) | Gone) & Announced;
export type CategoryEvent = ((CategoryPayload & Located) | Gone) & Announced;
export type MemberEvent = PersonPayload & Announced;
/** A list has the name of its team. */
export type ListRenamedEvent = { id: number; name: string } & Located & Announced;

export const sessionEnds = ['signed_out', 'expired', 'disabled', 'password_changed', 'revoked'] as const;
export type SessionEnd = (typeof sessionEnds)[number];

export const taskEventNames = ['new_task', 'task_updated', 'task_deleted', 'task_restored', 'task_purged'] as const;
export type TaskEventName = (typeof taskEventNames)[number];
export type EventName = TaskEventName | 'category_changed' | 'list_renamed' | 'member_joined' | 'member_left';

/** An event of a list's log, in a catch-up or live. */
export type ListEvent =
  | { name: TaskEventName; payload: TaskEvent }
  | { name: 'category_changed'; payload: CategoryEvent }
  | { name: 'list_renamed'; payload: ListRenamedEvent }
  | { name: 'member_joined' | 'member_left'; payload: MemberEvent };

export type ServerToTab = Record<TaskEventName, (task: TaskEvent) => void> & {
  category_changed: (category: CategoryEvent) => void;
  list_renamed: (list: ListRenamedEvent) => void;
  member_joined: (member: MemberEvent) => void;
  member_left: (member: MemberEvent) => void;
  /** Number of people, not tabs, connected to the lists of this tab. */
  count_updated: (message: { count: number }) => void;
  /** The positions that the server has delivered, so that a tab notices when it is behind. */
  list_versions: (positions: Positions) => void;
  session_ended: (message: { reason: SessionEnd }) => void;
  /** The user's lists have changed; the page has to reload. */
  access_changed: (message: Record<string, never>) => void;
  /** Number of unread inbox items, counted to 100; also sent on connecting. */
  inbox_updated: (message: { unread: number }) => void;
  /** The connection is about to close; the tab reconnects after a random delay of up to `withinMs`. */
  server_restarting: (message: { withinMs: number }) => void;
};

/** By list id; lists that the viewer cannot see are left out. */
export type CatchUpAnswer = Record<string, Position & ({ events: ListEvent[] } | { reset: true })>;
export interface ConnectionError {
  error: string;
}

export interface TabToServer {
  /** The only message from tabs: the positions that they hold. */
  catch_up: (positions: Positions, answer: (answer: CatchUpAnswer | ConnectionError) => void) => void;
}

/** From the in-process client to the loopback server: ids only. `listId` is null for bulk changes of unknown lists. */
export interface Announcement {
  id: number | null;
  listId: number | null;
}
export type AnnouncementName = TaskEventName | 'category_changed';
export type LoopbackMessages = Record<AnnouncementName, (announcement: Announcement) => void>;

/** A message in the language of whoever sees it, with what it offers; `method` as forms of pages say it. */
export interface ShownFlash {
  kind: 'notice' | 'alert';
  message: string;
  undo?: { action: string; method: string; label: string };
  link?: { href: string; label: string };
}

/**
 * The answer to a page's script that adds, completes or reopens a task. `task` is null if it has been deleted since;
 * `notice` says where the task is, if the page that the request came from does not show it.
 */
export interface TaskChanged {
  task: TaskPayload | null;
  notice: ShownFlash | null;
}
