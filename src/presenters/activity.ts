import type { ActivityEntry } from '../models/event/activity.ts';
import type { LocalizedText } from '../shared/events.ts';
import type { Translate } from '../shared/translations.ts';

/** A entry in words, as `views/activity/_entry.pug` shows it. */
export interface PresentedEntry {
  key: string;
  /** Null where a time did it. */
  who: string | null;
  /** What was done, between the two names. */
  did: string;
  what: string | null;
  /** To whom. */
  to: string | null;
  href: string | null;
  createdAt: string;
  teamName: string | null;
}

/** Which words tell that these columns of a task changed; the first that fits. */
const byColumn: [column: string, words: (values: [unknown, unknown], entry: ActivityEntry) => string][] = [
  ['completed_at', ([, now]) => (now === null ? 'reopened' : 'completed')],
  ['assignee_id', ([, now], { actorId }) => (now === null ? 'unassigned' : now === actorId ? 'took' : 'assigned')],
  ['description', () => 'rewrote'],
  ['notes', () => 'rewrote'],
  ['due_on', () => 'rescheduled'],
  ['priority', () => 'prioritized'],
  [
    'available',
    ([, now], { actorId }) => (now === true ? 'appeared' : 'withdrew') + (actorId === null ? 'ByTime' : ''),
  ],
  ['available_from', () => 'rescheduled'],
  ['available_until', () => 'rescheduled'],
  ['position', () => 'moved'],
];

interface Reader {
  t: Translate;
  textIn: (text: LocalizedText) => string;
}

export function presentEntry(entry: ActivityEntry, { t, textIn }: Reader): PresentedEntry {
  const { listId, version, name, subjectId, createdAt, teamName } = entry;
  const there = entry.task !== null && name !== 'task_deleted' && name !== 'task_purged';
  const words = wordsFor(entry);
  return {
    key: `${listId}-${version}`,
    who: words.endsWith('ByTime') ? null : (entry.actor ?? t('activity.somebody')),
    did: t(`activity.did.${words}`),
    what: isOwn(entry)
      ? null
      : (entry.task ??
        entry.person ??
        (entry.category ? textIn(entry.category) : null) ??
        oldName(entry) ??
        (name.includes('task') ? t('activity.gone') : null)),
    to: words === 'assigned' ? (entry.assignee ?? t('activity.somebody')) : null,
    href: there ? `/tasks/${subjectId}` : null,
    createdAt: createdAt.toISOString(),
    teamName,
  };
}

/** Somebody who came or went by themselves. */
const isOwn = ({ name, actorId, subjectId }: ActivityEntry): boolean =>
  (name === 'member_joined' || name === 'member_left') && actorId === subjectId;

function wordsFor(entry: ActivityEntry): string {
  const { name, changes } = entry;
  if (isOwn(entry)) return name === 'member_joined' ? 'joined' : 'left';
  if (changes?.list_id) return name === 'new_task' ? 'movedHere' : 'movedAway';
  if (name !== 'task_updated') return name;
  for (const [column, words] of byColumn) {
    const values = changes?.[column];
    if (values) return words(values, entry);
  }
  return 'relabelled';
}

/** A category that is gone, and a task that has left the list, is told by the name that it had. */
function oldName({ changes }: ActivityEntry): string | null {
  const [text] = (changes?.description ?? [null]) as [string | null];
  const [before] = (changes?.name ?? [null]) as [LocalizedText | null];
  return text ?? before?.original ?? null;
}
