import type { ListEvent, Positions } from '../../src/shared/events.ts';
import type { SeenEvent, TabRecord } from './evidence.ts';
import type { Browser } from './people.ts';

/** An open tab of one of the people, in a browser or without one. */
export interface Tab {
  record: TabRecord;
  browser: Browser;
  /** Of the server that it talks to. */
  url: string;
  /** How far it is, by list. */
  positions(): Promise<Record<number, number>>;
  /** Writes down what it shows, and what a page shows that is loaded now. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

export const emptyRecord = (name: string, userId: number): TabRecord => ({
  name,
  userId,
  received: [],
  shown: [],
  open: true,
  ended: null,
  currentAfter: null,
  final: null,
});

export const heard = ({ name, payload }: ListEvent): SeenEvent => ({
  listId: payload.list.id,
  version: payload.list.version,
  name,
  subjectId: payload.id,
  at: performance.now(),
});

export const versionsOf = (positions: Positions): Record<number, number> =>
  Object.fromEntries(Object.entries(positions).map(([listId, { version }]) => [listId, version]));
