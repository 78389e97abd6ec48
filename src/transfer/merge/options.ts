import type { LocalizedText } from '../../shared/events.ts';
import type { CategoryColor, Priority } from '../../shared/limits.ts';
import type { compareNames } from '../../schemas/merge.ts';
import type { MergeFind } from './find.ts';

/** A category by its name, matched in upper or lower case; where there is none, one is made so. */
export interface NamedCategory {
  name: LocalizedText;
  color?: CategoryColor | undefined;
}

/** A task as another system has it. What is left out a `patch` leaves as it is, and a `put` empties. */
export interface MergeDoc {
  externalId?: string | undefined;
  description?: string | undefined;
  notes?: string | null | undefined;
  /** Decides over `completedAt`, which then only says when. */
  completed?: boolean | undefined;
  completedAt?: Date | null | undefined;
  dueOn?: string | null | undefined;
  priority?: Priority | undefined;
  order?: number | null | undefined;
  assigneeId?: number | null | undefined;
  availableFrom?: Date | null | undefined;
  availableUntil?: Date | null | undefined;
  /** Of the list. The task carries these and those of `categories`. */
  categoryIds?: readonly number[] | undefined;
  categories?: readonly NamedCategory[] | undefined;
}

/** A task of the provider as it is stored; of the notes, which may be long, the MD5 that tells whether they differ. */
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
  /** Whether `find` asks for it. */
  compared: boolean;
}

export type CompareName = (typeof compareNames)[number];

export interface MergeOptions<Doc extends MergeDoc = MergeDoc> {
  /** One that the viewer may see (`List.chosen`). */
  listId: number;
  /** Whose list it is: only tasks that were merged under this name are compared, changed or removed. */
  provider: string;
  docs: readonly Doc[];
  /** The attributes that say which doc is which task, or what makes a key of either; default `externalId`. */
  compare?: CompareName | readonly CompareName[] | ((one: Doc | StoredTask) => string);
  /** Stored tasks that it leaves out stay as they are, and so do the docs that would be they. */
  find?: MergeFind | undefined;
  /** Default true. The function says what is stored of a doc; null: nothing. */
  insert?: boolean | ((doc: Doc) => MergeDoc | null);
  /** Default `patch`. The function says what changes, as a patch; null: nothing, also where the task is in the trash. */
  update?: 'patch' | 'put' | false | ((doc: Doc, stored: StoredTask) => MergeDoc | null);
  /** What happens to stored tasks that are in no doc; default `logical`: they go to the trash. */
  remove?: 'logical' | 'physical' | false;
  /** Answers the same and changes nothing; what is not there yet has no id. */
  dryRun?: boolean | undefined;
  /** Told how many tasks have been written so far. */
  onProgress?: ((written: number) => void) | undefined;
}

export interface MergeAnswer {
  /** `index` is the place in `docs`. */
  insert: { index: number; id: number | null; externalId: string | null; description: string }[];
  /** `changed` names the attributes that changed; `deletedAt` is among them where the task was in the trash. */
  update: { index: number; id: number; externalId: string; description: string; changed: string[] }[];
  remove: { id: number; externalId: string; description: string }[];
  /** How many docs and stored tasks stay as they are, because they are equal or because something is switched off. */
  unchanged: number;
  /** The categories that were made, in the order in which the docs name them. */
  categories: { id: number | null; name: string }[];
}
