import type { CheckResult, Violation } from '../checker.ts';
import type { Evidence, Stored, Written } from '../evidence.ts';
import { violation } from './violation.ts';

type StoredTask = Stored['tasks'][number];

/** Every acknowledged write is in the database as acknowledged. */
export function durability({ stored, written, contradictions }: Evidence): CheckResult {
  const rows = rowsByTag(stored.tasks);
  const settled = written.filter(({ unknown }) => !unknown);
  const found = settled.flatMap((write) => findLost(write, rows.get(write.tag)?.[0]));
  for (const { writer, listId, what } of contradictions)
    found.push(violation(`${writer} received ${what}`, { listId }));
  for (const [name, value] of [
    ['fsync', stored.fsync],
    ['synchronous_commit', stored.synchronousCommit],
  ] as const) {
    if (value !== 'on') found.push(violation(`${name} is ${value}, so durability cannot be checked`));
  }
  return { counted: `${settled.length} acknowledged tasks`, violations: found };
}

/** A form key creates one task, however often it is sent: counted in the rows, and in the log for purged ones. */
export function atMostOnce({ stored, written }: Evidence): CheckResult {
  const rows = rowsByTag(stored.tasks);
  const found: Violation[] = [];
  for (const { tag, listId } of written) {
    const created = rows.get(tag) ?? [];
    if (created.length > 1)
      found.push(
        violation(`${tag} was created ${created.length} times: tasks ${created.map(({ id }) => id).join(', ')}`, {
          listId,
        }),
      );
  }
  for (const { id } of stored.lists) {
    const own = written.filter(({ listId }) => listId === id);
    const created = stored.events.filter(({ listId, name }) => listId === id && name === 'new_task').length;
    const certain = own.filter(({ unknown, description }) => !unknown || rows.has(tagOf(description))).length;
    if (created < certain || created > own.length)
      found.push(
        violation(`${created} tasks were created for ${own.length} requests, ${certain} of them certain`, {
          listId: id,
        }),
      );
  }
  return { counted: `${written.length} form keys`, violations: found };
}

function findLost({ tag, listId, state, description, writer }: Written, row: StoredTask | undefined): Violation[] {
  const actual = row ? stateOf(row) : 'purged';
  if (actual !== state) return [violation(`${tag} of ${writer} is ${actual}, acknowledged as ${state}`, { listId })];
  if (row && row.description !== description)
    return [violation(`${tag} of ${writer} reads "${row.description}", acknowledged as "${description}"`, { listId })];
  return [];
}

const stateOf = ({ trashed, completed }: StoredTask): Written['state'] =>
  trashed ? 'trashed' : completed ? 'done' : 'open';

function rowsByTag(tasks: StoredTask[]): Map<string, StoredTask[]> {
  const rows = new Map<string, StoredTask[]>();
  for (const task of tasks) rows.set(tagOf(task.description), [...(rows.get(tagOf(task.description)) ?? []), task]);
  return rows;
}

const tagOf = (description: string): string => description.split(' ')[0] ?? '';
