import type { ActivityEntry } from '../models/event/activity.ts';
import type { LocalizedText } from '../shared/events.ts';
import type { Translate } from '../shared/translations.ts';

/** An entry of the activity as text, for `views/activity/_entry.pug`. */
export interface PresentedEntry {
  key: string;
  /** Null for a change that time caused. */
  actor: string | null;
  /** The text between the actor and the subject. */
  verb: string;
  subject: string | null;
  /** Whom a task was assigned to. */
  assignee: string | null;
  href: string | null;
  createdAt: string;
  teamName: string | null;
}

/** In whose language an entry is presented. */
export interface EntryReader {
  t: Translate;
  textIn: (text: LocalizedText) => string;
}

export function presentEntry(entry: ActivityEntry, { t, textIn }: EntryReader): PresentedEntry {
  const { listId, version, name, subjectId, createdAt, teamName } = entry;
  const exists = entry.task !== null && name !== 'task_deleted' && name !== 'task_purged';
  const verb = verbOf(entry);
  return {
    key: `${listId}-${version}`,
    actor: verb.endsWith('ByTime') ? null : (entry.actor ?? t('activity.somebody')),
    verb: t(`activity.did.${verb}`),
    subject: isReflexive(entry)
      ? null
      : (entry.task ??
        entry.person ??
        (entry.category ? textIn(entry.category) : null) ??
        formerName(entry) ??
        (name.includes('task') ? t('activity.gone') : null)),
    assignee: verb === 'assigned' ? (entry.assignee ?? t('activity.somebody')) : null,
    href: exists ? `/tasks/${subjectId}` : null,
    createdAt: createdAt.toISOString(),
    teamName,
  };
}

/** Whether somebody joined or left on their own. */
const isReflexive = ({ name, actorId, subjectId }: ActivityEntry): boolean =>
  (name === 'member_joined' || name === 'member_left') && actorId === subjectId;

/** The key of the verb among the verbs of the activity in the translations. */
function verbOf(entry: ActivityEntry): string {
  const { name, changes } = entry;
  if (isReflexive(entry)) return name === 'member_joined' ? 'joined' : 'left';
  if (changes?.list_id) return name === 'new_task' ? 'movedHere' : 'movedAway';
  if (name !== 'task_updated') return name;
  for (const [column, verb] of verbsByColumn) {
    const values = changes?.[column];
    if (values) return verb(values, entry);
  }
  return 'relabelled';
}

/** Verbs for changes of these columns of a task; the first that changed decides. */
const verbsByColumn: [column: string, verb: (values: [old: unknown, now: unknown], entry: ActivityEntry) => string][] =
  [
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

/** A deleted category, or a task that has left the list, is shown under the name it had. */
function formerName({ changes }: ActivityEntry): string | null {
  const [description] = (changes?.description ?? [null]) as [string | null];
  const [name] = (changes?.name ?? [null]) as [LocalizedText | null];
  return description ?? name?.original ?? null;
}
