/**
 * The plain list: open tasks and those done today. A change that would move rows is first shown in place and applied
 * when they are not in use; until then new rows wait behind the button. Over 200 lines, because every method reads
 * the same waiting rows and counts.
 */
import type { TaskPayload } from '../../shared/events.ts';
import { limits } from '../../shared/limits.ts';
import { serverNow } from '../clock.ts';
import type { PageContext } from '../page.ts';
import { hasRested, mayMove } from './interaction-guard.ts';
import { showListStatus } from './list-status.ts';
import { blockOf, compareIn, type Block } from './ordering.ts';
import { beginNextPage } from './next-page.ts';
import { changeOpenOf, openCountIn, showOpenCount, showOpenOf } from './open-count.ts';
import { keepFocus, watchMoves } from './press-guard.ts';
import { insert, makeRow, placedOf, redraw, redrawInPlace, rowsIn } from './rows.ts';

/** Where a task should be: in a block, or not on the page. */
type Wanted = { block: Block; task: TaskPayload; fresh: boolean } | null;

/** How long a row is marked as new. */
const FRESH_MS = 8000;

export interface Arrival {
  /** The task is new in the list and glows; otherwise it may have been there before, unknown to the page. */
  fresh: boolean;
  /** The user of this tab did it and expects it to move. */
  own: boolean;
}

export class TaskList {
  readonly #section: HTMLElement;
  readonly #context: PageContext;
  readonly #blocks: Record<Block, HTMLElement>;
  readonly #lists: ReadonlySet<number>;
  readonly #wanted = new Map<number, Wanted>();
  readonly #glowing = new Map<number, ReturnType<typeof setTimeout>>();
  /** The list of each known open task. */
  readonly #open: Map<number, number>;
  /** Open tasks on later pages. */
  #beyond: number;
  /** Rows that came with the page and have not been the subject of an event yet. */
  readonly #loaded: Set<number>;
  readonly #loadLater: () => void;
  /** Whether the user of this tab made one of the waiting changes. */
  #hasOwn = false;

  /** @param loadLater called when only the server knows what the list should show */
  constructor(section: HTMLElement, context: PageContext, loadLater: () => void) {
    this.#section = section;
    this.#context = context;
    this.#loadLater = loadLater;
    this.#blocks = { open: blockIn(section, 'open'), done: blockIn(section, 'done') };
    this.#lists = new Set(JSON.parse(section.dataset.lists ?? '[]') as number[]);
    this.#open = new Map(rowsIn(this.#blocks.open).map(({ dataset }) => [Number(dataset.task), Number(dataset.list)]));
    this.#loaded = new Set(
      [...section.querySelectorAll<HTMLElement>('[data-rows] > [data-task]')].map((row) => placedOf(row).id),
    );
    this.#beyond = this.#hasNext ? Math.max(0, openCountIn(section) - this.#open.size) : 0;
  }

  isOf(listId: number): boolean {
    return this.#lists.has(listId);
  }

  /** Rows waiting behind the button. */
  get waiting(): number {
    return [...this.#wanted].filter(
      ([id, wanted]) => wanted?.block === 'open' && !this.#row(id) && !this.#isBeyond(wanted.task),
    ).length;
  }

  /**
   * Applies a task's current state. @returns whether it is now, or will be, among this page's open tasks and was not
   * before
   */
  show(task: TaskPayload, { fresh, own }: Arrival): boolean {
    const block = blockOf(task, this.#lists, this.#context.timeZone, serverNow());
    const row = this.#row(task.id);
    const known = this.#open.has(task.id) || row !== null;
    // The page's counts are as old as its positions, but its rows may be newer: the counts then lack this event.
    const overtaken = this.#loaded.delete(task.id) && Number(row?.dataset.revision) >= task.revision;
    if (overtaken || (!known && !fresh)) this.#countLater();
    const arrived = block === 'open' && !this.#open.has(task.id);
    this.#count(task.id, block === 'open' ? task.listId : null);
    const waits = this.#wanted.get(task.id);
    const glows = (fresh && arrived) || waits?.fresh === true || this.#glowing.has(task.id);
    if (block || known || waits) this.#want(task.id, block && { block, task, fresh: glows }, own);
    return arrived;
  }

  remove(id: number, own: boolean): void {
    this.#count(id, null);
    this.#want(id, null, own);
  }

  /** A task that is not on this page is gone: only the server knows how many are open on later pages. */
  removeBeyond(listId: number): void {
    if (!this.#lists.has(listId)) return;
    this.#countLater();
    this.#showState();
  }

  /** Applies waiting changes if rows may move now. */
  settle(): void {
    if (this.#wanted.size > 0 && this.#mayFlush()) this.flush();
  }

  /** Applies waiting changes even if rows are in use. */
  flush(): void {
    keepFocus(() => {
      watchMoves(() => {
        for (const [id, wanted] of this.#wanted) {
          this.#wanted.delete(id);
          this.#apply(id, wanted);
        }
        this.#trim();
      });
    });
    this.#hasOwn = false;
    this.#showState();
  }

  /** The user expects the own changes to move; others wait until the rows are not in use. */
  #mayFlush(): boolean {
    return this.#hasOwn ? hasRested() : mayMove(this.#blocks.open);
  }

  /** The page was redrawn: this instance must not touch it any more. */
  close(): void {
    for (const timer of this.#glowing.values()) clearTimeout(timer);
  }

  /** Whether there are further pages. */
  get #hasNext(): boolean {
    return this.#section.querySelector('.next:not([hidden])') !== null;
  }

  #row(id: number): HTMLElement | null {
    return this.#section.querySelector(`[data-rows] > [data-task="${id}"]`);
  }

  /** A list on one page is counted by its rows; the length of a longer one is known only to the server. */
  #countLater(): void {
    if (this.#hasNext) this.#loadLater();
  }

  /** @param listId the list in which the task is open; null if it is not open */
  #count(id: number, listId: number | null): void {
    const before = this.#open.get(id) ?? null;
    if (before === listId) return;
    if (before !== null) changeOpenOf(before, -1, this.#context);
    if (listId === null) this.#open.delete(id);
    else {
      this.#open.set(id, listId);
      changeOpenOf(listId, 1, this.#context);
    }
  }

  #want(id: number, wanted: Wanted, own: boolean): void {
    this.#wanted.set(id, wanted);
    this.#hasOwn ||= own;
    if (this.#mayFlush()) {
      this.flush();
      return;
    }
    const row = this.#row(id);
    row?.toggleAttribute('data-gone', !wanted);
    if (row && wanted) redrawInPlace(row, this.#draw(wanted));
    this.#showState();
  }

  #apply(id: number, wanted: Wanted): void {
    const row = this.#row(id);
    if (!wanted || (wanted.block === 'open' && this.#isBeyond(wanted.task))) {
      row?.remove();
      return;
    }
    const drawn = this.#draw(wanted);
    if (row) redraw(row, drawn);
    insert(row ?? drawn, this.#blocks[wanted.block], wanted.block, (other) => !this.#wanted.has(other));
    if (wanted.fresh) this.#fade(id, wanted);
  }

  #draw({ task, fresh }: NonNullable<Wanted>): HTMLElement {
    return makeRow(task, fresh, this.#context);
  }

  /** Removes the highlight of new rows after a while. */
  #fade(id: number, wanted: NonNullable<Wanted>): void {
    clearTimeout(this.#glowing.get(id));
    this.#glowing.set(
      id,
      setTimeout(() => {
        this.#glowing.delete(id);
        if (!this.#wanted.has(id) && this.#row(id)) this.#want(id, { ...wanted, fresh: false }, false);
      }, FRESH_MS),
    );
  }

  /** Whether the row belongs on a later page. */
  #isBeyond({ id, createdAt: created, completedAt: completed }: TaskPayload): boolean {
    const rows = rowsIn(this.#blocks.open);
    const last = rows.at(-1);
    if (!this.#hasNext || !last || rows.some(({ dataset }) => dataset.task === String(id))) return false;
    return compareIn('open', { id, created, completed }, placedOf(last)) > 0;
  }

  /** Limits the rows to the length of a page, like a fresh page. */
  #trim(): void {
    for (const row of rowsIn(this.#blocks.done).slice(limits.doneToday)) row.remove();
    const rows = rowsIn(this.#blocks.open);
    if (this.#hasNext && rows.length < limits.page) this.#loadLater();
    const last = rows[limits.page - 1];
    if (rows.length <= limits.page || !last) return;
    for (const row of rows.slice(limits.page)) row.remove();
    beginNextPage(this.#section, placedOf(last));
  }

  #showState(): void {
    showListStatus(
      this.#section,
      {
        waiting: this.waiting,
        hasOpen: rowsIn(this.#blocks.open).length > 0,
        hasDone: rowsIn(this.#blocks.done).length > 0,
      },
      this.#context,
    );
    showOpenCount(this.#section, this.#open.size + this.#beyond, this.#context);
    if (this.#hasNext) return;
    for (const listId of this.#lists)
      showOpenOf(listId, [...this.#open.values()].filter((id) => id === listId).length, this.#context);
  }
}

function blockIn(section: HTMLElement, block: Block): HTMLElement {
  const found = section.querySelector<HTMLElement>(`[data-rows="${block}"]`);
  if (!found) throw new Error(`the list has no block of ${block} tasks`);
  return found;
}
