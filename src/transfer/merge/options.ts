/** A category by its name, whatever its case; where there is none, it is created like this. */
import type { statuses } from '../../models/task/filters.ts';
import type { LocalizedText } from '../../shared/events.ts';
import type { CategoryColor, Priority } from '../../shared/limits.ts';
import type { compareNames } from '../../schemas/merge.ts';

export interface NamedCategory {
  name: LocalizedText;
  color?: CategoryColor | undefined;
}

/** A task as another system has it. A `patch` leaves what is undefined as it is, a `put` clears it. */
export interface MergeDoc {
  externalId?: string | undefined;
  description?: string | undefined;
  notes?: string | null | undefined;
  /** Takes precedence over `completedAt`, which then only says when. */
  completed?: boolean | undefined;
  completedAt?: Date | null | undefined;
  dueOn?: string | null | undefined;
  priority?: Priority | undefined;
  order?: number | null | undefined;
  assigneeId?: number | null | undefined;
  availableFrom?: Date | null | undefined;
  availableUntil?: Date | null | undefined;
  /** Of the list. The task gets these and those of `categories`. */
  categoryIds?: readonly number[] | undefined;
  categories?: readonly NamedCategory[] | undefined;
}

/** A task of the provider as it is stored; of the notes, which may be long, only the MD5. */
export interface StoredTask {
  id: number;
  externalId: string;
  description: string;
  notesDigest: string | null;
  completedAt: Date | null;
  dueOn: string | null;
  priority: Priority;
  order: number | null;
  assigneeId: number | null;
  availableFrom: Date | null;
  availableUntil: Date | null;
  deletedAt: Date | null;
  /** In ascending order. */
  categoryIds: number[];
  /** Whether it matches `find`. */
  compared: boolean;
}

/** Which stored tasks are compared; every condition has to hold. Dates are `YYYY-MM-DD`. */
export interface MergeFind {
  status?: (typeof statuses)[number] | undefined;
  categoryId?: number | undefined;
  assigneeId?: number | undefined;
  priority?: Priority | undefined;
  dueBefore?: string | undefined;
  dueAfter?: string | undefined;
}

export type CompareName = (typeof compareNames)[number];

export interface MergeOptions<Doc extends MergeDoc = MergeDoc> {
  /** One that the viewer may see (`resolveVisibleList`). */
  listId: number;
  /** Where the docs come from: only tasks that were merged under this name are compared, changed or removed. */
  provider: string;
  docs: readonly Doc[];
  /** The attributes that identify a task, or a function that makes a key of a doc or a task; default `externalId`. */
  compare?: CompareName | readonly CompareName[] | ((one: Doc | StoredTask) => string);
  /**
   * The external ids by which the docs are compared, in their order, once it is known what is stored: those tasks of
   * the provider that have the external id or the description of a doc.
   */
  identify?: ((stored: readonly StoredTask[]) => Promise<readonly string[]>) | undefined;
  /** Stored tasks that do not match it stay as they are, and the docs with their keys are ignored. */
  find?: MergeFind | undefined;
  /** Default true. A function returns what to store of a doc; null: nothing. */
  insert?: boolean | ((doc: Doc) => MergeDoc | null);
  /** Default `patch`. A function returns the changes as a patch; null: nothing, also where the task is in the trash. */
  update?: 'patch' | 'put' | false | ((doc: Doc, stored: StoredTask) => MergeDoc | null);
  /** What happens to stored tasks that are in no doc; default `logical`: they go to the trash. */
  remove?: 'logical' | 'physical' | false;
  /** Returns the same and changes nothing; new tasks have no id. */
  dryRun?: boolean | undefined;
  /** Called with the number of tasks written so far. */
  onProgress?: ((written: number) => void) | undefined;
}

export interface MergeResult {
  /** `index` is the position in `docs`. */
  insert: { index: number; id: number | null; externalId: string | null; description: string }[];
  /** `changed` names the attributes that changed; `deletedAt` is among them where the task was in the trash. */
  update: { index: number; id: number; externalId: string; description: string; changed: string[] }[];
  remove: { id: number; externalId: string; description: string }[];
  /** The number of docs and stored tasks that stay as they are, because they are equal or the options say so. */
  unchanged: number;
  /** The new categories, in the order in which the docs name them. */
  categories: { id: number | null; name: string }[];
}
