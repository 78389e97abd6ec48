import { ValidationError, type FieldError } from '../../lib/errors.ts';
import { checkWindow } from '../../models/task/availability.ts';
import { changesOf, valuesOf, type TaskValues } from './changes.ts';
import { refuse } from './errors.ts';
import type { Match } from './match.ts';
import type { MergeDoc, StoredTask } from './options.ts';
import type { NamedReference, References } from './references.ts';

export interface PlannedInsert {
  index: number;
  /** Null where the docs have none: one is made when the task is. */
  externalId: string | null;
  values: TaskValues;
  labels: NamedReference[];
}

export interface PlannedUpdate {
  index: number;
  stored: StoredTask;
  changes: Partial<TaskValues>;
  /** The categories that it shall carry; null: those that it has. */
  labels: NamedReference[] | null;
}

/** What a merge writes. */
export interface Plan {
  inserts: PlannedInsert[];
  updates: PlannedUpdate[];
  removes: StoredTask[];
  unchanged: number;
}

/**
 * What the docs change, once they are matched and what they refer to is read.
 * @throws ValidationError with the index of every doc that is wrong
 */
export function planMerge(match: Match, references: References): Plan {
  const errors: FieldError[] = [];
  const blame = (index: number, name: string, message: string): void => {
    errors.push({ path: `docs.${String(index)}.${name}`, message });
  };
  const plan: Plan = { inserts: [], updates: [], removes: match.removes, unchanged: match.unchanged };

  for (const { index, doc } of match.inserts) {
    const values = valuesOf(doc);
    if (!doc.description) blame(index, 'description', 'errors.descriptionMissing');
    check(index, doc, values, references, blame);
    plan.inserts.push({ index, externalId: doc.externalId ?? null, values, labels: labelsOf(doc, references) });
  }
  for (const { index, doc, stored, put } of match.updates) {
    if (put ? !doc.description : doc.description === '') blame(index, 'description', 'errors.descriptionMissing');
    const changes = changesOf(doc, stored, put);
    check(index, doc, { ...stored, ...changes }, references, blame);
    const labels = doc.categoryIds || doc.categories || put ? labelsOf(doc, references) : null;
    const update = { index, stored, changes, labels: labels && carries(stored, labels) ? null : labels };
    if (stored.deletedAt || update.labels || Object.keys(changes).length > 0) plan.updates.push(update);
    else plan.unchanged += 1;
  }
  refuse(errors);
  return plan;
}

type Blame = (index: number, name: string, message: string) => void;

function check(
  index: number,
  { assigneeId, categoryIds = [] }: MergeDoc,
  { availableFrom, availableUntil }: Pick<TaskValues, 'availableFrom' | 'availableUntil'>,
  references: References,
  blame: Blame,
): void {
  if (assigneeId && !references.assigneeIds.has(assigneeId)) blame(index, 'assigneeId', 'errors.assigneeUnknown');
  if (categoryIds.some((id) => !references.categoryIds.has(id))) blame(index, 'categoryIds', 'errors.categoryUnknown');
  try {
    // What is over in another system is over here too: without a beginning there is nothing to hold the end against.
    if (availableFrom || availableUntil) checkWindow({ availableFrom, availableUntil }, new Date(0));
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    for (const { path, message } of error.errors) blame(index, path, message);
  }
}

function labelsOf({ categoryIds = [], categories = [] }: MergeDoc, { named }: References): NamedReference[] {
  const labels = [
    ...categoryIds.map((id) => ({ id, name: { original: '' }, color: 'grey' as const })),
    ...categories.flatMap(({ name }) => named.get(name.original) ?? []),
  ];
  return labels.filter(
    (label, place) =>
      labels.findIndex((other) => other === label || (other.id !== null && other.id === label.id)) === place,
  );
}

const carries = ({ categoryIds }: StoredTask, labels: NamedReference[]): boolean =>
  labels.length === categoryIds.length && labels.every(({ id }) => id !== null && categoryIds.includes(id));
