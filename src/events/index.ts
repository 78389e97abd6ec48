/**
 * What the models announce and realtime subscribes to, inside this process. A leaf: it knows neither side.
 * Nothing here is a promise of delivery: tabs are told from the event log, an announcement only wakes its reader.
 */
import { EventEmitter } from 'node:events';
import type { Announcement, AnnouncementName, SessionEnd } from '../shared/events.ts';

export interface SessionEnded {
  sid: string;
  reason: SessionEnd;
}

/** Every session of the user has ended, but for `exceptSid`. */
export interface AccessEnded {
  userId: number;
  reason: SessionEnd;
  exceptSid?: string | undefined;
}

/** The browser has got another session of the same user, for a new id: its tabs connect again by themselves. */
export interface SessionReplaced {
  sid: string;
}

/** A program's token is gone. */
export interface TokenEnded {
  tokenId: number;
}

/** What a user may see has changed: a team was joined, left or deleted. */
export interface AccessChanged {
  userId: number;
}

/** What a user has to read may be more or less: something was read or followed here. */
export interface InboxChanged {
  userId: number;
}

interface Announcements {
  changed: [name: AnnouncementName, announcement: Announcement];
  session_ended: [ended: SessionEnded];
  session_replaced: [replaced: SessionReplaced];
  access_ended: [ended: AccessEnded];
  token_ended: [ended: TokenEnded];
  access_changed: [changed: AccessChanged];
  inbox_changed: [changed: InboxChanged];
}

const emitter = new EventEmitter<Announcements>();

/** Tells every subscriber in this process. A error in a subscriber is the subscriber's: the committed change stands. */
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
