import type { InboxItem, Shown } from '../models/follow/inbox.ts';
import { tellDeed, type ToldDeed } from './activity.ts';

/** News of a followed task, as the inbox and the task's own page show it. */
export interface News {
  /** The task. */
  id: number;
  description: string;
  teamName: string | null;
  /** Null: nobody knows any more who did what. */
  told: ToldDeed | null;
  at: string;
  /** What a form says that it has shown. */
  shown: string;
}

type Reader = Parameters<typeof tellDeed>[1];

/** More than a page shows. */
const MOST = 200;

export const newsOf = ({ id, description, teamName, deed, markId, newsAt }: InboxItem, reader: Reader): News => ({
  id,
  description,
  teamName,
  told: deed && tellDeed(deed, reader),
  at: (deed?.createdAt ?? newsAt).toISOString(),
  shown: `${String(markId)}-${String(newsAt.getTime())}`,
});

/** What forms say that they have shown: `mark-moment` (an id, milliseconds), with commas between. @returns null where it is nothing of ours */
export function readShown(text: string): Shown[] | null {
  const shown = text.split(',').map((one) => /^(\d{1,9})-(\d{1,15})$/.exec(one));
  if (shown.length > MOST || shown.includes(null)) return null;
  return shown.map((found) => ({ markId: Number(found?.[1]), newsAt: new Date(Number(found?.[2])) }));
}
