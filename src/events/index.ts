/**
 * In-process publish and subscribe: models publish, realtime and jobs subscribe. A leaf that knows neither side.
 * Delivery does not depend on it: tabs are served from the event log, an announcement only wakes the reader early.
 */
import { EventEmitter } from 'node:events';
import type { Announcement, AnnouncementName, SessionEnd } from '../shared/events.ts';

export interface SessionEnded {
  sid: string;
  reason: SessionEnd;
}

/** Every session of the user has ended, except `exceptSid`. */
export interface AccessEnded {
  userId: number;
  reason: SessionEnd;
  exceptSid?: string | undefined;
}

/** The browser got a new session of the same user; its tabs reconnect by themselves. */
export interface SessionReplaced {
  sid: string;
}

/** An API token was revoked. */
export interface TokenEnded {
  tokenId: number;
}

/** A user's visible lists changed: a team was joined, left or deleted. */
export interface AccessChanged {
  userId: number;
}

/** A user's unread count may have changed: something was read or followed. */
export interface InboxChanged {
  userId: number;
}

/** A list changed; possibly by another process, known from its hint or from the event log. Null: any list. */
export interface ChangedElsewhere {
  listId: number | null;
}

interface Announcements {
  changed: [name: AnnouncementName, announcement: Announcement];
  changed_elsewhere: [changed: ChangedElsewhere];
  session_ended: [ended: SessionEnded];
  session_replaced: [replaced: SessionReplaced];
  access_ended: [ended: AccessEnded];
  token_ended: [ended: TokenEnded];
  access_changed: [changed: AccessChanged];
  inbox_changed: [changed: InboxChanged];
  mail_queued: [];
}

const emitter = new EventEmitter<Announcements>();

/**
 * Notifies every subscriber in this process. An error in a subscriber does not reach the caller, whose change is
 * committed.
 */
export function announce<K extends keyof Announcements>(name: K, ...message: Announcements[K]): void {
  try {
    (emitter as EventEmitter).emit(name, ...message);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error), 'AnnouncementError');
  }
}

/** @returns a function that ends the subscription */
export function subscribe<K extends keyof Announcements>(
  name: K,
  listener: (...message: Announcements[K]) => void,
): () => void {
  (emitter as EventEmitter).on(name, listener as (...message: unknown[]) => void);
  return () => (emitter as EventEmitter).off(name, listener as (...message: unknown[]) => void);
}
