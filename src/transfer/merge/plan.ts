import { createHash } from 'node:crypto';
import { MAX_ERRORS, ValidationError, type FieldError } from '../../lib/errors.ts';
import { forEachYielding } from '../../lib/yielding.ts';
import { checkWindow } from '../../models/task/availability.ts';
import { throwErrors, type Match } from './match.ts';
import type { MergeDoc, StoredTask } from './options.ts';
import type { CategoryReference, References } from './stored.ts';

/** The columns that docs set, by their names in docs. */
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

export interface PlannedInsert {
  index: number;
  /** Null where the doc has none: it is generated with the task. */
  externalId: string | null;
  values: TaskValues;
  categories: CategoryReference[];
}

export interface PlannedUpdate {
  index: number;
  stored: StoredTask;
  changes: Partial<TaskValues>;
  /** The categories that it gets; null: it keeps those that it has. */
  categories: CategoryReference[] | null;
}

/** What a merge writes. */
export interface Plan {
  inserts: PlannedInsert[];
  updates: PlannedUpdate[];
  removes: StoredTask[];
  unchanged: number;
}

/**
 * Computes what the docs change, once they are matched and their references are read.
 * @throws ValidationError with the index of every invalid doc
 */
export async function planMerge(match: Match, references: References): Promise<Plan> {
  const errors: FieldError[] = [];
  const report = (index: number, name: string, message: string): void => {
    errors.push({ path: `docs.${String(index)}.${name}`, message });
    if (errors.length >= MAX_ERRORS) throwErrors(errors);
  };
  const plan: Plan = { inserts: [], updates: [], removes: match.removes, unchanged: match.unchanged };

  await forEachYielding(match.inserts, ({ index, doc }) => {
    const values = valuesOf(doc);
    if (!doc.description) report(index, 'description', 'errors.descriptionMissing');
    check(index, doc, values, references, report);
    plan.inserts.push({ index, externalId: doc.externalId ?? null, values, categories: categoriesOf(doc, references) });
  });
  await forEachYielding(match.updates, ({ index, doc, stored, put }) => {
    if (put ? !doc.description : doc.description === '') report(index, 'description', 'errors.descriptionMissing');
    const changes = changesOf(doc, stored, put);
    check(index, doc, { ...stored, ...changes }, references, report);
    const wanted = doc.categoryIds || doc.categories || put ? categoriesOf(doc, references) : null;
    const update = { index, stored, changes, categories: wanted && hasCategories(stored, wanted) ? null : wanted };
    if (stored.deletedAt || update.categories || Object.keys(changes).length > 0) plan.updates.push(update);
    else plan.unchanged += 1;
  });
  throwErrors(errors);
  return plan;
}

type Report = (index: number, name: string, message: string) => void;

function check(
  index: number,
  { assigneeId, categoryIds = [] }: MergeDoc,
  { availableFrom, availableUntil }: Pick<TaskValues, 'availableFrom' | 'availableUntil'>,
  references: References,
  report: Report,
): void {
  if (assigneeId && !references.assigneeIds.has(assigneeId)) report(index, 'assigneeId', 'errors.assigneeUnknown');
  if (categoryIds.some((id) => !references.categoryIds.has(id))) report(index, 'categoryIds', 'errors.categoryUnknown');
  try {
    // The past of another system is valid here too: without a beginning, the window begins at the epoch.
    if (availableFrom || availableUntil) checkWindow({ availableFrom, availableUntil }, new Date(0));
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    for (const { path, message } of error.errors) report(index, path, message);
  }
}

function categoriesOf({ categoryIds = [], categories = [] }: MergeDoc, { named }: References): CategoryReference[] {
  const all = [
    ...categoryIds.map((id) => ({ id, name: { original: '' }, color: 'grey' as const })),
    ...categories.flatMap(({ name }) => named.get(name.original) ?? []),
  ];
  return all.filter(
    (one, position) =>
      all.findIndex((other) => other === one || (other.id !== null && other.id === one.id)) === position,
  );
}

const hasCategories = ({ categoryIds }: StoredTask, wanted: CategoryReference[]): boolean =>
  wanted.length === categoryIds.length && wanted.every(({ id }) => id !== null && categoryIds.includes(id));

/** A task with nothing but a description. */
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

/** The values of a new task. */
const valuesOf = (doc: MergeDoc): TaskValues => ({ description: '', ...EMPTY, ...givenBy(doc, null) });

/** The values that differ from what is stored. */
export function changesOf(doc: MergeDoc, stored: StoredTask, put: boolean): Partial<TaskValues> {
  const wanted = { ...(put && EMPTY), ...givenBy(doc, stored) };
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !isStored(name as keyof TaskValues, value, stored)),
  );
}

function givenBy(doc: MergeDoc, stored: StoredTask | null): Partial<TaskValues> {
  const given = Object.fromEntries(
    names.filter((name) => doc[name] !== undefined).map((name) => [name, doc[name]]),
  ) as Partial<TaskValues>;
  if (doc.completed === true) given.completedAt = doc.completedAt ?? stored?.completedAt ?? new Date();
  if (doc.completed === false) given.completedAt = null;
  return given;
}

function isStored(name: keyof TaskValues, value: unknown, stored: StoredTask): boolean {
  if (name === 'notes') return stored.notesDigest === (typeof value === 'string' ? md5(value) : null);
  const before: unknown = stored[name];
  return value instanceof Date && before instanceof Date ? value.getTime() === before.getTime() : value === before;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
