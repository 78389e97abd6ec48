import type { FieldError } from '../../lib/errors.ts';
import { refuse } from './errors.ts';
import type { CompareName, MergeDoc, MergeOptions, StoredTask } from './options.ts';

/** Which doc asks for what, before it is known whether that changes anything. */
export interface Match {
  inserts: { index: number; doc: MergeDoc }[];
  updates: { index: number; doc: MergeDoc; stored: StoredTask; put: boolean }[];
  removes: StoredTask[];
  unchanged: number;
}

/**
 * Pairs docs with stored tasks by their keys.
 * @throws ValidationError for a doc without a key, a key twice in docs, and stored tasks that the keys do not tell apart
 */
export function matchDocs<Doc extends MergeDoc>(stored: StoredTask[], options: MergeOptions<Doc>): Match {
  const { docs, remove = 'logical', compare = 'externalId' } = options;
  const names = typeof compare === 'function' ? null : [compare].flat();
  const keyOf = names ? namedKey(names) : (compare as (one: Doc | StoredTask) => string);
  const there = byKey(stored, keyOf);
  const indexes = indexByKey(docs, keyOf, names);
  const match: Match = { inserts: [], updates: [], removes: [], unchanged: 0 };
  for (const [key, index] of indexes) place(match, docs[index] as Doc, index, there.get(key), options);
  for (const [key, task] of there) {
    if (indexes.has(key) || !task.compared || task.deletedAt) continue;
    if (remove) match.removes.push(task);
    else match.unchanged += 1;
  }
  return match;
}

type Keyed = Pick<MergeDoc, CompareName>;

const namedKey =
  (names: readonly CompareName[]) =>
  (one: Keyed): string =>
    names.length === 1 ? String(one[names[0]!] ?? '') : JSON.stringify(names.map((name) => one[name] ?? null));

/** What is in the trash counts only where nothing else has its key. */
function byKey(stored: StoredTask[], keyOf: (one: StoredTask) => string): Map<string, StoredTask> {
  const there = new Map<string, StoredTask>();
  for (const task of stored) {
    const key = keyOf(task);
    const other = there.get(key);
    if (other && !other.deletedAt && !task.deletedAt && (other.compared || task.compared))
      refuse([{ path: 'compare', message: 'imports.wrong.compareAmbiguous' }]);
    if (!other || (other.deletedAt && !task.deletedAt)) there.set(key, task);
  }
  return there;
}

function indexByKey<Doc extends MergeDoc>(
  docs: readonly Doc[],
  keyOf: (one: Doc) => string,
  names: readonly CompareName[] | null,
): Map<string, number> {
  const indexes = new Map<string, number>();
  const errors: FieldError[] = [];
  docs.forEach((doc, index) => {
    const missing = names?.find((name) => doc[name] === undefined);
    const key = keyOf(doc);
    const path = `docs.${String(index)}.${missing ?? names?.[0] ?? 'externalId'}`;
    if (missing) errors.push({ path, message: 'imports.wrong.keyMissing' });
    else if (indexes.has(key))
      errors.push({ path, message: 'imports.wrong.keyTwice', params: { index: indexes.get(key) ?? 0 } });
    else indexes.set(key, index);
  });
  refuse(errors);
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
    const asked = typeof insert === 'function' ? insert(doc) : insert ? doc : null;
    if (asked) match.inserts.push({ index, doc: asked });
    else match.unchanged += 1;
    return;
  }
  const asked = !stored.compared || update === false ? null : typeof update === 'function' ? update(doc, stored) : doc;
  if (asked) match.updates.push({ index, doc: asked, stored, put: update === 'put' });
  else match.unchanged += 1;
}
