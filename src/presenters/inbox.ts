import type { InboxItem } from '../models/follow/inbox.ts';
import { presentEntry, type PresentedEntry } from './activity.ts';
import type { ShownItem } from '../models/follow/commands.ts';

/** News of a followed task, as the inbox and the task's own page show it. */
export interface News {
  /** The task. */
  id: number;
  description: string;
  teamName: string | null;
  /** Null: nobody knows any more who did what. */
  told: PresentedEntry | null;
  at: string;
  /** What a form says that it has shown. */
  shown: string;
}

type Reader = Parameters<typeof presentEntry>[1];

/** More than a page shows. */
const MOST = 200;

export const newsOf = ({ id, description, teamName, entry, followId, newsAt }: InboxItem, reader: Reader): News => ({
  id,
  description,
  teamName,
  told: entry && presentEntry(entry, reader),
  at: (entry?.createdAt ?? newsAt).toISOString(),
  shown: `${String(followId)}-${String(newsAt.getTime())}`,
});

/** What forms say that they have shown: `follow-moment` (an id, milliseconds), with commas between. @returns null where it is nothing of ours */
export function readShown(text: string): ShownItem[] | null {
  const shown = text.split(',').map((one) => /^(\d{1,9})-(\d{1,15})$/.exec(one));
  if (shown.length > MOST || shown.includes(null)) return null;
  return shown.map((found) => ({ followId: Number(found?.[1]), newsAt: new Date(Number(found?.[2])) }));
}
