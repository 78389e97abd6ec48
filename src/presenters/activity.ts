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
  /** The text between the subject and the assignee. */
  to: string;
  /** What changed besides, from what to what. */
  changes: PresentedChange[];
  href: string | null;
  createdAt: string;
  teamName: string | null;
}

export interface PresentedChange {
  field: string;
  old: string;
  now: string;
}

/** In whose language an entry is presented. */
export interface EntryReader {
  t: Translate;
  textIn: (text: LocalizedText) => string;
  day: (day: string) => string;
  time: (time: string) => string;
}

export function presentEntry(entry: ActivityEntry, reader: EntryReader): PresentedEntry {
  const { listId, version, name, subjectId, createdAt, teamName } = entry;
  const { t, textIn } = reader;
  const exists = entry.exists && name !== 'task_deleted' && name !== 'task_purged';
  const verb = verbOf(entry);
  const namesAssignee = verb === 'assigned' || verb === 'addedFor';
  return {
    key: `${listId}-${version}`,
    actor: verb.endsWith('ByTime') ? null : (entry.actor ?? t('activity.somebody')),
    verb: t(`activity.did.${verb}`),
    subject: isReflexive(entry)
      ? null
      : (entry.task ??
        entry.person ??
        (entry.category ? textIn(entry.category) : null) ??
        (name.includes('task') ? t('activity.gone') : null)),
    assignee: namesAssignee ? (entry.assignees?.[1] ?? t('activity.somebody')) : null,
    to: t(verb === 'addedFor' ? 'activity.andAssigned' : 'activity.to'),
    changes: presentChanges(entry, verb, reader),
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
  const { name, changes, actorId } = entry;
  if (isReflexive(entry)) return name === 'member_joined' ? 'joined' : 'left';
  if (changes?.list_id) return name === 'new_task' ? 'movedHere' : 'movedAway';
  if (name === 'new_task') return changes?.assignee_id && changes.assignee_id[1] !== actorId ? 'addedFor' : name;
  if (name === 'category_changed') return categoryVerbOf(changes?.name);
  if (name !== 'task_updated') return name;
  for (const [column, verb] of verbsByColumn) {
    const values = changes?.[column];
    if (values) return verb(values, entry);
  }
  return 'relabelled';
}

function categoryVerbOf(name: [old: unknown, now: unknown] | undefined): string {
  if (!name) return 'category_changed';
  const [old, now] = name;
  return old === null ? 'addedCategory' : now === null ? 'deletedCategory' : 'renamedCategory';
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

/** The fields of a task, a category and a list whose changes are listed, and how a value of each reads. */
const fields: [column: string, label: string, read: (value: unknown, reader: EntryReader) => string | null][] = [
  ['description', 'tasks.description', asText],
  ['notes', 'tasks.notes', asText],
  ['due_on', 'tasks.dueOn', (value, { day }) => (value === null ? null : day(value as string))],
  ['priority', 'tasks.priority', (value, { t }) => t(`tasks.priorities.${String(value)}`)],
  ['available_from', 'tasks.availableFrom', asTime],
  ['available_until', 'tasks.availableUntil', asTime],
  ['categories', 'categories.title', (value, { textIn }) => (value as LocalizedText[]).map(textIn).join(', ') || null],
  [
    'name',
    'categories.name',
    (value, { textIn }) => (typeof value === 'string' ? value : textIn(value as LocalizedText)),
  ],
  ['color', 'categories.color', (value, { t }) => t(`categories.colors.${String(value)}`)],
];

function asText(value: unknown): string | null {
  return value as string | null;
}

function asTime(value: unknown, { time }: EntryReader): string | null {
  return value === null ? null : time(value as string);
}

/** What an edit changed; nothing for a new subject, and no assignment that the verb already states. */
function presentChanges(
  { changes, name, assignees }: ActivityEntry,
  verb: string,
  reader: EntryReader,
): PresentedChange[] {
  if (!changes || !['task_updated', 'category_changed', 'list_renamed'].includes(name)) return [];
  const none = reader.t('activity.none');
  const listed = fields.flatMap(([column, label, read]) => {
    const values = changes[column];
    if (!values || (column === 'name' && values.includes(null))) return [];
    const [old, now] = differences(...(values.map((value) => read(value, reader) ?? '') as [string, string]));
    return old === now ? [] : [{ field: reader.t(label), old: old || none, now: now || none }];
  });
  if (!changes.assignee_id) return listed;
  const [before, after] = changes.assignee_id;
  if (before === null && ['assigned', 'took'].includes(verb)) return listed;
  const nameOf = (id: unknown, person: string | null | undefined): string =>
    id === null ? reader.t('tasks.nobody') : (person ?? reader.t('activity.somebody'));
  const assigned = { old: nameOf(before, assignees?.[0]), now: nameOf(after, assignees?.[1]) };
  return [...listed, { field: reader.t('tasks.assignee'), ...assigned }];
}

/** Characters of a text that are shown, and of those that come before the first difference. */
const SHOWN = 120;
const CONTEXT = 30;

/** Where long texts differ. */
function differences(old: string, now: string): [old: string, now: string] {
  const [before, after] = [[...old], [...now]];
  const first = before.findIndex((character, n) => character !== after[n]);
  const from = Math.max(0, (first < 0 ? before.length : first) - CONTEXT);
  const shown = (text: string[]): string =>
    text.length <= SHOWN
      ? text.join('')
      : `${from > 0 ? '…' : ''}${text.slice(from, from + SHOWN).join('')}${text.length > from + SHOWN ? '…' : ''}`;
  return [shown(before), shown(after)];
}

/** The fields of the API by the columns of tasks and categories; other columns are not shown. */
const apiFields: Record<string, { field: string; isTime?: true }> = {
  description: { field: 'description' },
  notes: { field: 'notes' },
  completed_at: { field: 'completedAt', isTime: true },
  due_on: { field: 'dueOn' },
  priority: { field: 'priority' },
  position: { field: 'order' },
  assignee_id: { field: 'assigneeId' },
  available: { field: 'available' },
  available_from: { field: 'availableFrom', isTime: true },
  available_until: { field: 'availableUntil', isTime: true },
  external_provider: { field: 'externalProvider' },
  external_id: { field: 'externalId' },
  categories: { field: 'categories' },
  name: { field: 'name' },
  color: { field: 'color' },
};

/** An entry as the API returns it. */
export const presentActivity = (entry: ActivityEntry) => ({
  name: entry.name,
  list: { id: entry.listId, version: entry.version },
  subject: {
    type: subjectOf(entry),
    id: entry.subjectId,
    name: entry.task ?? entry.person ?? entry.category?.original ?? formerName(entry),
    exists: subjectExists(entry),
  },
  actor: actorOf(entry),
  moved: entry.changes?.list_id !== undefined,
  changes: presentFields(entry.changes),
  createdAt: entry.createdAt.toISOString(),
});

/** @returns null for a change that time caused, and where the account was deleted */
export const actorOf = ({ actorId, actor }: ActivityEntry): { id: number; name: string } | null =>
  actorId === null || actor === null ? null : { id: actorId, name: actor };

/** Of a list that was renamed. */
const formerName = ({ name, changes }: ActivityEntry): string | null =>
  name === 'list_renamed' ? (changes?.name?.[0] as string) : null;

function subjectOf({ name }: ActivityEntry): 'task' | 'category' | 'user' | 'list' {
  if (name === 'category_changed') return 'category';
  if (name === 'list_renamed') return 'list';
  return name === 'member_joined' || name === 'member_left' ? 'user' : 'task';
}

const subjectExists = (entry: ActivityEntry): boolean =>
  subjectOf(entry) === 'task'
    ? entry.exists
    : subjectOf(entry) === 'user'
      ? entry.person !== null
      : entry.changes?.name?.[1] !== null;

/** Old and new values by field of the API. */
export function presentFields(changes: ActivityEntry['changes']): Record<string, { old: unknown; new: unknown }> {
  return Object.fromEntries(
    Object.entries(changes ?? {}).flatMap(([column, values]) => {
      const known = apiFields[column];
      if (!known) return [];
      // PostgreSQL writes times in JSON with the offset of its session.
      const [old, now] = values.map((value) =>
        known.isTime && typeof value === 'string' ? new Date(value).toISOString() : value,
      );
      return [[known.field, { old, new: now }]];
    }),
  );
}
