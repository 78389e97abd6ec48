import type { Server, Socket } from 'socket.io';
import type { Viewer } from '../../database/visible-lists.ts';
import type { ServerToTab, TabToServer } from '../../shared/events.ts';
import type { Pass } from './credentials.ts';

/** Who a tab belongs to, from what it brought in its handshake and from nothing else. */
export interface TabOwner {
  viewer: Viewer;
  pass: Pass;
}

export interface TabData extends TabOwner {
  /** The number of people that the tab was told last. */
  count?: number;
  /** What the tab was told last of its person's inbox. */
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
