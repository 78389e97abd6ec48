import type { Server, Socket } from 'socket.io';
import type { Credentials } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import type { ServerToTab, TabToServer } from '../../shared/events.ts';

/** Whom a tab belongs to, according to its handshake and nothing else. */
export interface TabOwner {
  viewer: Viewer;
  credentials: Credentials;
}

export interface TabData extends TabOwner {
  /** The address by which it reached the server, for the URLs that it is sent. */
  origin: string;
  /** The people count last sent to the tab. */
  count?: number;
  /** The unread count last sent to the tab. */
  unread?: number;
}

export type Tabs = Server<TabToServer, ServerToTab, Record<string, never>, TabData>;
export type Tab = Socket<TabToServer, ServerToTab, Record<string, never>, TabData>;

export const userRoom = (userId: number): string => `user:${String(userId)}`;
export const listRoom = (listId: number): string => `list:${String(listId)}`;

/** @returns the user whose room it is, null for any other room */
export function userOfRoom(room: string): number | null {
  return room.startsWith('user:') ? Number(room.slice('user:'.length)) : null;
}

/** @returns the list whose room it is, null for any other room */
export function listOfRoom(room: string): number | null {
  return room.startsWith('list:') ? Number(room.slice('list:'.length)) : null;
}

/** The lists whose rooms the tab is in. */
export const listIdsOf = (tab: Tab): number[] => [...tab.rooms].flatMap((room) => listOfRoom(room) ?? []);
