import { connectionShares } from '../../database/connection-shares.ts';
import { translateDatabaseErrors } from '../../database/errors.ts';
import { afterCommit, unitOfWork } from '../../database/transaction.ts';
import type { Viewer } from '../../database/visible-lists.ts';
import { announce } from '../../events/index.ts';
import { RateLimitError } from '../../lib/errors.ts';
import { FairQueue } from '../../lib/fair-queue.ts';
import { requireList } from '../../models/list/queries.ts';
import { referenceErrors } from '../../models/task/references.ts';
import { applyPlan, type Inserted } from './apply.ts';
import { matchDocs, throwErrors, type Match } from './match.ts';
import type { MergeDoc, MergeOptions, MergeResult } from './options.ts';
import { planMerge, type Plan } from './plan.ts';
import { lockStored, readReferences, takenExternalIds, type References } from './stored.ts';

/** Every merge waits here for its turn, before it takes a connection. */
export const mergeQueue = new FairQueue(
  () => connectionShares().heavy,
  3,
  () => new RateLimitError(10),
);

/**
 * Makes the tasks of a provider in a list equal to its docs: inserts the new ones, updates those that differ, removes
 * those that are in no doc. All or nothing, in one unit of work.
 * @throws ValidationError with `docs.17.dueOn` and the like; at most a hundred errors
 */
export function mergeTasks<Doc extends MergeDoc>(viewer: Viewer, given: MergeOptions<Doc>): Promise<MergeResult> {
  const merge = async (): Promise<MergeResult> => {
    const stored = await lockStored(given);
    const ids = await given.identify?.(stored);
    const options = ids ? { ...given, docs: given.docs.map((doc, n) => ({ ...doc, externalId: ids[n] })) } : given;
    const match = await matchDocs(stored, options);
    await refuseTakenIds(match, options);
    const references = await readReferences(
      options.listId,
      [...match.inserts, ...match.updates].map(({ doc }) => doc),
    );
    const plan = await planMerge(match, references);
    if (options.dryRun) return resultOf(plan, references, new Map());
    const inserted = await applyPlan(viewer, plan, references, options);
    await requireList(viewer, given.listId);
    // One announcement, whatever the size: tabs catch up.
    afterCommit(() => {
      announce('changed', 'task_updated', { id: null, listId: options.listId });
    });
    return resultOf(plan, references, inserted);
  };
  return translateDatabaseErrors(() => unitOfWork(viewer.id, merge), referenceErrors);
}

/** Where docs are compared by another key, one may have the external id of another task. */
async function refuseTakenIds<Doc extends MergeDoc>({ inserts }: Match, options: MergeOptions<Doc>): Promise<void> {
  const given = inserts.flatMap(({ index, doc: { externalId } }) =>
    externalId === undefined ? [] : [{ index, externalId }],
  );
  if ((options.compare ?? 'externalId') === 'externalId' || given.length === 0) return;
  const taken = await takenExternalIds(
    options,
    given.map(({ externalId }) => externalId),
  );
  throwErrors(
    given.flatMap(({ index, externalId }) => {
      const isTaken = taken.has(externalId);
      taken.add(externalId);
      return isTaken ? [{ path: `docs.${String(index)}.externalId`, message: 'imports.wrong.externalIdTaken' }] : [];
    }),
  );
}

function resultOf(plan: Plan, { missing }: References, inserted: Inserted): MergeResult {
  return {
    insert: plan.inserts.map(({ index, externalId, values: { description } }) => ({
      index,
      id: inserted.get(index)?.id ?? null,
      externalId: inserted.get(index)?.externalId ?? externalId,
      description,
    })),
    update: plan.updates.map(({ index, stored, changes, categories }) => ({
      index,
      id: stored.id,
      externalId: stored.externalId,
      description: changes.description ?? stored.description,
      changed: [
        ...Object.keys(changes),
        ...(categories ? ['categories'] : []),
        ...(stored.deletedAt ? ['deletedAt'] : []),
      ],
    })),
    remove: plan.removes.map(({ id, externalId, description }) => ({ id, externalId, description })),
    unchanged: plan.unchanged,
    categories: missing.map(({ id, name }) => ({ id, name: name.original })),
  };
}
