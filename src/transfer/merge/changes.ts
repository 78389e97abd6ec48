import { createHash } from 'node:crypto';
import type { MergeDoc, StoredTask } from './options.ts';

/** The columns that docs fill, by the names that docs give them. */
export interface TaskValues {
  description: string;
  notes: string | null;
  completedAt: Date | null;
  dueOn: string | null;
  priority: number;
  order: number | null;
  assigneeId: number | null;
  availableFrom: Date | null;
  availableUntil: Date | null;
}

/** A task of which nothing but its description is said. */
const EMPTY: Omit<TaskValues, 'description'> = {
  notes: null,
  completedAt: null,
  dueOn: null,
  priority: 0,
  order: null,
  assigneeId: null,
  availableFrom: null,
  availableUntil: null,
};
const names = ['description', ...Object.keys(EMPTY)] as (keyof TaskValues)[];

/** What a doc says of a task that is not there yet. */
export const valuesOf = (doc: MergeDoc): TaskValues => ({ description: '', ...EMPTY, ...saidOf(doc, null) });

/** What a doc says otherwise than it is stored. */
export function changesOf(doc: MergeDoc, stored: StoredTask, put: boolean): Partial<TaskValues> {
  const wanted = { ...(put && EMPTY), ...saidOf(doc, stored) };
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !isStored(name as keyof TaskValues, value, stored)),
  );
}

function saidOf(doc: MergeDoc, stored: StoredTask | null): Partial<TaskValues> {
  const said = Object.fromEntries(
    names.filter((name) => doc[name] !== undefined).map((name) => [name, doc[name]]),
  ) as Partial<TaskValues>;
  if (doc.completed === true) said.completedAt = doc.completedAt ?? stored?.completedAt ?? new Date();
  if (doc.completed === false) said.completedAt = null;
  return said;
}

function isStored(name: keyof TaskValues, value: unknown, stored: StoredTask): boolean {
  if (name === 'notes')
    return (
      stored.notesDigest ===
      (value === null
        ? null
        : createHash('md5')
            .update(value as string)
            .digest('hex'))
    );
  const there: unknown = stored[name];
  return value instanceof Date && there instanceof Date ? value.getTime() === there.getTime() : value === there;
}
