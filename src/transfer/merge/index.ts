import { announce } from '../../events/index.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { applyPlan, type Inserted } from './apply.ts';
import { refuse } from './errors.ts';
import { matchDocs, type Match } from './match.ts';
import type { MergeAnswer, MergeDoc, MergeOptions } from './options.ts';
import { planMerge, type Plan } from './plan.ts';
import { makeMissing, readReferences, type References } from './references.ts';
import { lockStored, takenExternalIds } from './stored.ts';

/**
 * Brings the tasks that a provider has in a list to what its docs say: what is not stored is inserted, what is
 * stored otherwise updated, what is in no doc removed. All of it or nothing, in one unit of work.
 * @throws ValidationError with `docs.17.dueOn` and the like; at most a hundred errors
 */
export function mergeTasks<Doc extends MergeDoc>(viewer: Viewer, options: MergeOptions<Doc>): Promise<MergeAnswer> {
  return unitOfWork(viewer.id, async () => {
    const stored = await lockStored(options);
    const match = matchDocs(stored, options);
    await refuseTaken(match, options);
    const references = await readReferences(
      options.listId,
      [...match.inserts, ...match.updates].map(({ doc }) => doc),
    );
    const plan = planMerge(match, references);
    const inserted = options.dryRun ? new Map<never, never>() : await write(viewer, plan, references, options);
    return answerOf(plan, references, inserted);
  });
}

async function write<Doc extends MergeDoc>(
  viewer: Viewer,
  plan: Plan,
  { missing }: References,
  options: MergeOptions<Doc>,
): Promise<Inserted> {
  const { listId } = options;
  await makeMissing(listId, missing);
  const inserted = await applyPlan(viewer, plan, options);
  // One hint, however much it was: tabs catch up.
  afterCommit(() => {
    announce('changed', 'task_updated', { id: null, listId });
  });
  return inserted;
}

/** Where another key is compared, a doc may bring the external id of a task that it is not. */
async function refuseTaken<Doc extends MergeDoc>({ inserts }: Match, options: MergeOptions<Doc>): Promise<void> {
  const brought = inserts.flatMap(({ index, doc: { externalId } }) =>
    externalId === undefined ? [] : [{ index, externalId }],
  );
  if ((options.compare ?? 'externalId') === 'externalId' || brought.length === 0) return;
  const taken = await takenExternalIds(
    options,
    brought.map(({ externalId }) => externalId),
  );
  refuse(
    brought.flatMap(({ index, externalId }) => {
      const isTaken = taken.has(externalId);
      taken.add(externalId);
      return isTaken ? [{ path: `docs.${String(index)}.externalId`, message: 'imports.wrong.externalIdTaken' }] : [];
    }),
  );
}

function answerOf(plan: Plan, { missing }: References, inserted: Inserted): MergeAnswer {
  return {
    insert: plan.inserts.map(({ index, externalId, values: { description } }) => ({
      index,
      id: inserted.get(index)?.id ?? null,
      externalId: inserted.get(index)?.externalId ?? externalId,
      description,
    })),
    update: plan.updates.map(({ index, stored, changes, labels }) => ({
      index,
      id: stored.id,
      externalId: stored.externalId,
      description: changes.description ?? stored.description,
      changed: [...Object.keys(changes), ...(labels ? ['categories'] : []), ...(stored.deletedAt ? ['deletedAt'] : [])],
    })),
    remove: plan.removes.map(({ id, externalId, description }) => ({ id, externalId, description })),
    unchanged: plan.unchanged,
    categories: missing.map(({ id, name }) => ({ id, name: name.original })),
  };
}
