/**
 * The plain list: open tasks, and what was done today. A change that would move rows is shown in place first
 * and carried out when nobody is holding on to them; new rows wait behind the button meanwhile.
 */
import type { TaskPayload } from '../../shared/events.ts';
import { limits } from '../../shared/limits.ts';
import type { PageContext } from '../page.ts';
import { mayMove } from './calm.ts';
import { blockOf, compareIn, type Block } from './placement.ts';
import { setCursor } from './next-page.ts';
import { insert, makeRow, placedOf, redraw, redrawInPlace, rowsIn } from './rows.ts';

/** How a task shall stand: in a block with this row, or not at all. */
type Wanted = { block: Block; drawn: HTMLElement } | null;

export interface Arrival {
  /** It has come into the list and glows; another that the page does not know may always have been there. */
  fresh: boolean;
  /** The person at this tab did it: they expect it to move. */
  own: boolean;
}

export class TaskList {
  readonly #section: HTMLElement;
  readonly #context: PageContext;
  readonly #blocks: Record<Block, HTMLElement>;
  readonly #feeds: ReadonlySet<number>;
  readonly #wanted = new Map<number, Wanted>();
  readonly #open: Set<number>;
  /** Open tasks on later pages. */
  #beyond: number;
  readonly #loadLater: () => void;

  /** @param loadLater called when only the server can tell what the list shows now */
  constructor(section: HTMLElement, context: PageContext, loadLater: () => void) {
    this.#section = section;
    this.#context = context;
    this.#loadLater = loadLater;
    this.#blocks = { open: blockIn(section, 'open'), done: blockIn(section, 'done') };
    this.#feeds = new Set(JSON.parse(section.dataset.feeds ?? '[]') as number[]);
    this.#open = new Set(rowsIn(this.#blocks.open).map((row) => placedOf(row).id));
    const count = Number(section.querySelector<HTMLElement>('[data-open-count]')?.dataset.openCount ?? this.#open.size);
    this.#beyond = this.#nextPage ? Math.max(0, count - this.#open.size) : 0;
  }

  /** Rows that wait behind the button. */
  get waiting(): number {
    return [...this.#wanted].filter(([id, wanted]) => wanted?.block === 'open' && !this.#row(id) && !this.#isBeyond(wanted.drawn)).length;
  }

  /** A task as it is now. @returns whether it stands, or will stand, among the open ones of this page and did not before */
  show(task: TaskPayload, { fresh, own }: Arrival): boolean {
    const block = blockOf(task, this.#feeds, this.#context.timeZone, new Date());
    const known = this.#open.has(task.id) || this.#row(task.id) !== null;
    if (!known && !fresh && this.#nextPage) this.#loadLater();
    const arrived = block === 'open' && !this.#open.has(task.id);
    this.#count(task.id, block === 'open');
    const waits = this.#wanted.get(task.id);
    if (block || known || waits) this.#want(task.id, block && { block, drawn: makeRow(task, fresh && arrived, this.#context) }, own);
    return arrived;
  }

  remove(id: number, own: boolean): void {
    this.#count(id, false);
    this.#want(id, null, own);
  }

  /** A task is gone that this page does not show: how many are open on later pages only the server knows. */
  removeBeyond(feedId: number): void {
    if (this.#nextPage && this.#feeds.has(feedId)) this.#loadLater();
  }

  /** Carries out what waits, if it may move now. */
  settle(): void {
    if (this.#wanted.size > 0 && mayMove(this.#blocks.open)) this.flush();
  }

  /** Carries out what waits, whatever is held. */
  flush(): void {
    for (const [id, wanted] of this.#wanted) this.#carryOut(id, wanted);
    this.#wanted.clear();
    this.#trim();
    this.#showState();
  }

  get #nextPage(): HTMLAnchorElement | null {
    return this.#section.querySelector('a[rel~="next"]');
  }

  #row(id: number): HTMLElement | null {
    return this.#section.querySelector(`[data-rows] > [data-task="${id}"]`);
  }

  #count(id: number, open: boolean): void {
    if (open) this.#open.add(id);
    else this.#open.delete(id);
  }

  #want(id: number, wanted: Wanted, own: boolean): void {
    this.#wanted.set(id, wanted);
    if (own || mayMove(this.#blocks.open)) {
      this.flush();
      return;
    }
    const row = this.#row(id);
    row?.toggleAttribute('data-gone', !wanted);
    if (row && wanted) redrawInPlace(row, wanted.drawn);
    this.#showState();
  }

  #carryOut(id: number, wanted: Wanted): void {
    const row = this.#row(id);
    if (!wanted || (wanted.block === 'open' && this.#isBeyond(wanted.drawn))) {
      row?.remove();
      return;
    }
    if (row) redraw(row, wanted.drawn);
    insert(row ?? wanted.drawn, this.#blocks[wanted.block], wanted.block);
  }

  /** Whether the row belongs on a later page. */
  #isBeyond(row: HTMLElement): boolean {
    const rows = rowsIn(this.#blocks.open);
    const last = rows.at(-1);
    if (!this.#nextPage || !last || rows.some((other) => other.dataset.task === row.dataset.task)) return false;
    return compareIn('open', placedOf(row), placedOf(last)) > 0;
  }

  /** Keeps to the length of a page, so that this tab shows what a fresh one would. */
  #trim(): void {
    for (const row of rowsIn(this.#blocks.done).slice(limits.doneToday)) row.remove();
    const rows = rowsIn(this.#blocks.open);
    const next = this.#nextPage;
    if (next && rows.length < limits.page) this.#loadLater();
    if (rows.length <= limits.page) return;
    if (!next) {
      this.#loadLater();
      return;
    }
    for (const row of rows.slice(limits.page)) row.remove();
    const last = rows[limits.page - 1];
    if (last) setCursor(next, placedOf(last));
  }

  #showState(): void {
    const { t } = this.#context;
    const { waiting } = this;
    const open = this.#open.size + this.#beyond;
    const button = this.#section.querySelector<HTMLElement>('[data-waiting]');
    if (button) {
      button.hidden = waiting === 0;
      button.textContent = t('live.newTasks', { count: waiting });
    }
    const done = this.#section.querySelector<HTMLElement>('[data-done-today]');
    if (done) done.hidden = rowsIn(this.#blocks.done).length === 0;
    const empty = this.#section.querySelector<HTMLElement>('[data-empty]');
    if (empty) empty.hidden = rowsIn(this.#blocks.open).length > 0;
    for (const element of this.#section.querySelectorAll<HTMLElement>('[data-open-count]')) {
      element.dataset.openCount = String(open);
      element.textContent = t('live.open', { count: open });
    }
  }
}

function blockIn(section: HTMLElement, block: Block): HTMLElement {
  const found = section.querySelector<HTMLElement>(`[data-rows="${block}"]`);
  if (!found) throw new Error(`the list has no block of ${block} tasks`);
  return found;
}
