import type { ListEvent, Positions } from '../../src/shared/events.ts';
import type { SeenEvent, TabRecord } from './evidence.ts';
import type { Browser } from './people.ts';

/** An open tab of a user, with or without a browser. */
export interface Tab {
  record: TabRecord;
  browser: Browser;
  /** The address of its server. */
  url: string;
  /** The version it has of each list. */
  positions(): Promise<Record<number, number>>;
  /** Records what it shows, and what a freshly loaded page shows. */
  recordFinalState(): Promise<void>;
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

export const toSeenEvent = ({ name, payload }: ListEvent): SeenEvent => ({
  listId: payload.list.id,
  version: payload.list.version,
  name,
  subjectId: payload.id,
  at: performance.now(),
});

export const versionsOf = (positions: Positions): Record<number, number> =>
  Object.fromEntries(Object.entries(positions).map(([listId, { version }]) => [listId, version]));
