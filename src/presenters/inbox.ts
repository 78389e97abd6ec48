/** An inbox item as the inbox and the task's own page show it. */
import type { InboxItem } from '../models/follow/inbox.ts';
import { actorOf, presentEntry, presentFields, type PresentedEntry, type EntryReader } from './activity.ts';
import { presentTaskResource } from './task.ts';

export interface PresentedInboxItem {
  /** The id of the task. */
  id: number;
  description: string;
  teamName: string | null;
  /** Null if the change is no longer in the log. */
  entry: PresentedEntry | null;
  at: string;
  /** What a form sends to mark the item as read; `shownItems` in `schemas/follow.ts` parses it. */
  shown: string;
}

export const presentInboxItem = (
  { id, description, teamName, entry, followId, newsAt }: InboxItem,
  reader: EntryReader,
): PresentedInboxItem => ({
  id,
  description,
  teamName,
  entry: entry && presentEntry(entry, reader),
  at: (entry?.createdAt ?? newsAt).toISOString(),
  shown: `${String(followId)}-${String(newsAt.getTime())}`,
});

/** An inbox item as the API returns it. @param url makes an absolute URL of a path of the API */
export function presentInboxResource(item: InboxItem, url: (path: string) => string) {
  const { id, followId, read, newsAt, entry } = item;
  return {
    follow: { id: followId, url: url(`/follows/${String(followId)}`), taskId: id, read },
    newsAt: newsAt.toISOString(),
    task: presentTaskResource(item, url, { include: ['user'] }),
    change: entry && {
      name: entry.name,
      changes: presentFields(entry.changes),
      actor: actorOf(entry),
      at: entry.createdAt.toISOString(),
    },
  };
}
