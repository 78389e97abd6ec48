import { MAX_ERRORS, ValidationError, type FieldError } from '../../lib/errors.ts';
import { forEachYielding } from '../../lib/yielding.ts';
import type { CompareName, MergeDoc, MergeOptions, StoredTask } from './options.ts';

/** Docs paired with stored tasks, before it is known whether anything changes. */
export interface Match {
  inserts: { index: number; doc: MergeDoc }[];
  updates: { index: number; doc: MergeDoc; stored: StoredTask; put: boolean }[];
  removes: StoredTask[];
  unchanged: number;
}

/**
 * Pairs docs with stored tasks by their keys.
 * @throws ValidationError for a doc without a key, a key twice in docs, and stored tasks with the same key
 */
export async function matchDocs<Doc extends MergeDoc>(
  stored: StoredTask[],
  options: MergeOptions<Doc>,
): Promise<Match> {
  const { docs, remove = 'logical', compare = 'externalId' } = options;
  const names = typeof compare === 'function' ? null : [compare].flat();
  const keyOf = names ? keyByNames(names) : (compare as (one: Doc | StoredTask) => string);
  const storedByKey = await tasksByKey(stored, keyOf);
  const indexes = await indexByKey(docs, keyOf, names);
  const match: Match = { inserts: [], updates: [], removes: [], unchanged: 0 };
  await forEachYielding(indexes, ([key, index]) => {
    place(match, docs[index] as Doc, index, storedByKey.get(key), options);
  });
  for (const [key, task] of storedByKey) {
    if (indexes.has(key) || !task.compared || task.deletedAt) continue;
    if (remove) match.removes.push(task);
    else match.unchanged += 1;
  }
  return match;
}

type Keyed = Pick<MergeDoc, CompareName>;

const keyByNames =
  ([name, ...rest]: readonly CompareName[]) =>
  (one: Keyed): string =>
    name !== undefined && rest.length === 0
      ? String(one[name] ?? '')
      : JSON.stringify([name, ...rest].map((each) => (each && one[each]) ?? null));

/** Tasks in the trash count only where no other task has their key. */
async function tasksByKey(stored: StoredTask[], keyOf: (one: StoredTask) => string): Promise<Map<string, StoredTask>> {
  const there = new Map<string, StoredTask>();
  await forEachYielding(stored, (task) => {
    const key = keyOf(task);
    const other = there.get(key);
    if (other && !other.deletedAt && !task.deletedAt && (other.compared || task.compared))
      throwErrors([{ path: 'compare', message: 'imports.wrong.compareAmbiguous' }]);
    if (!other || (other.deletedAt && !task.deletedAt)) there.set(key, task);
  });
  return there;
}

async function indexByKey<Doc extends MergeDoc>(
  docs: readonly Doc[],
  keyOf: (one: Doc) => string,
  names: readonly CompareName[] | null,
): Promise<Map<string, number>> {
  const indexes = new Map<string, number>();
  const errors: FieldError[] = [];
  await forEachYielding(docs, (doc, index) => {
    const missing = names?.find((name) => doc[name] === undefined);
    const key = keyOf(doc);
    const path = `docs.${String(index)}.${missing ?? names?.[0] ?? 'externalId'}`;
    if (missing) errors.push({ path, message: 'imports.wrong.keyMissing' });
    else if (indexes.has(key))
      errors.push({ path, message: 'imports.wrong.keyTwice', params: { index: indexes.get(key) ?? 0 } });
    else indexes.set(key, index);
    if (errors.length >= MAX_ERRORS) throwErrors(errors);
  });
  throwErrors(errors);
  return indexes;
}

function place<Doc extends MergeDoc>(
  match: Match,
  doc: Doc,
  index: number,
  stored: StoredTask | undefined,
  { insert = true, update = 'patch' }: MergeOptions<Doc>,
): void {
  if (!stored) {
    const wanted = typeof insert === 'function' ? insert(doc) : insert ? doc : null;
    if (wanted) match.inserts.push({ index, doc: wanted });
    else match.unchanged += 1;
    return;
  }
  const wanted = !stored.compared || update === false ? null : typeof update === 'function' ? update(doc, stored) : doc;
  if (wanted) match.updates.push({ index, doc: wanted, stored, put: update === 'put' });
  else match.unchanged += 1;
}

/** @throws ValidationError where there are any */
export function throwErrors(errors: FieldError[]): void {
  if (errors.length > 0) throw new ValidationError(errors);
}
