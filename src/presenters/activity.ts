import type { Deed } from '../models/event/activity.ts';
import type { LocalizedText } from '../shared/events.ts';
import type { Translate } from '../shared/words.ts';

/** A deed in words, as `views/activity/_entry.pug` shows it. */
export interface ToldDeed {
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
const byColumn: [column: string, words: (values: [unknown, unknown], deed: Deed) => string][] = [
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

export function tellDeed(deed: Deed, { t, textIn }: Reader): ToldDeed {
  const { feedId, version, name, subjectId, createdAt, teamName } = deed;
  const there = deed.task !== null && name !== 'task_deleted' && name !== 'task_purged';
  const words = wordsFor(deed);
  return {
    key: `${feedId}-${version}`,
    who: words.endsWith('ByTime') ? null : (deed.actor ?? t('activity.somebody')),
    did: t(`activity.did.${words}`),
    what: isOwn(deed)
      ? null
      : (deed.task ??
        deed.person ??
        (deed.category ? textIn(deed.category) : null) ??
        oldName(deed) ??
        (name.includes('task') ? t('activity.gone') : null)),
    to: words === 'assigned' ? (deed.assignee ?? t('activity.somebody')) : null,
    href: there ? `/tasks/${subjectId}` : null,
    createdAt: createdAt.toISOString(),
    teamName,
  };
}

/** Somebody who came or went by themselves. */
const isOwn = ({ name, actorId, subjectId }: Deed): boolean =>
  (name === 'member_joined' || name === 'member_left') && actorId === subjectId;

function wordsFor(deed: Deed): string {
  const { name, changes } = deed;
  if (isOwn(deed)) return name === 'member_joined' ? 'joined' : 'left';
  if (changes?.feed_id) return name === 'new_task' ? 'movedHere' : 'movedAway';
  if (name !== 'task_updated') return name;
  for (const [column, words] of byColumn) {
    const values = changes?.[column];
    if (values) return words(values, deed);
  }
  return 'relabelled';
}

/** A category that is gone, and a task that has left the list, is told by the name that it had. */
function oldName({ changes }: Deed): string | null {
  const [text] = (changes?.description ?? [null]) as [string | null];
  const [before] = (changes?.name ?? [null]) as [LocalizedText | null];
  return text ?? before?.original ?? null;
}
