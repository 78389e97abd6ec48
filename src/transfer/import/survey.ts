import type { CsvRow } from '../../lib/csv.ts';
import { dateOrders, daysOf, type DateOrder } from '../../lib/written-date.ts';
import type { CsvFile } from '../task-file.ts';
import * as cells from './cells.ts';
import { columnsNamedAlike, programOf, type Columns } from './columns.ts';
import type { AmbiguousDate } from './rows.ts';
import { fold, rowKindOf, scales, type PriorityScale } from './words.ts';

/** How a person wants dates such as 03/04/2026 to be read. */
export interface DateChoice {
  timeZone: string;
  /** What the person chose. */
  order: DateOrder | null;
  /** What is taken where neither a choice nor the other dates of the file tell; null: such dates are errors. */
  usual: DateOrder | null;
}

/** What all rows together tell about one. */
export interface Findings {
  ambiguousDate: AmbiguousDate | null;
  order: DateOrder | null;
  scale: PriorityScale;
  kindColumn: number | null;
  ignoredColumns: string[];
}

/** Some programs write into the column of the state when the task was done. */
const DATES = ['dueOn', 'completedAt', 'availableFrom', 'availableUntil', 'completed'] as const;

/** Looks at all rows before one is read. */
export class Survey {
  readonly #file: CsvFile;
  readonly #columns: Columns;
  readonly #dateColumns: number[];
  readonly #filled = new Set<number>();
  readonly #priorities = new Set<string>();
  readonly #kindColumn: number;
  #hasTasks = false;
  #hasOtherKinds = false;
  #orders: readonly DateOrder[] = dateOrders;
  #ambiguous: Omit<AmbiguousDate, 'order'> | null = null;

  constructor(file: CsvFile, columns: Columns) {
    this.#file = file;
    this.#columns = columns;
    this.#dateColumns = DATES.flatMap((attribute) => columns[attribute] ?? []);
    const mapped = new Set(Object.values(columns));
    this.#kindColumn = file.header.findIndex((name, column) => KIND_NAMES.has(fold(name)) && !mapped.has(column));
  }

  see({ cells: all }: CsvRow): void {
    all.forEach((cell, column) => {
      if (cell.trim() !== '') this.#filled.add(column);
    });
    for (const column of this.#dateColumns) this.#seeDate(all[column] ?? '');
    if (this.#columns.priority !== undefined) this.#priorities.add((all[this.#columns.priority] ?? '').trim());
    const kind = (all[this.#kindColumn] ?? '').trim();
    if (kind === '') return;
    if (rowKindOf(kind) === 'task') this.#hasTasks = true;
    else if (rowKindOf(kind) === null) this.#hasOtherKinds = true;
  }

  result({ order: chosen, usual }: DateChoice): Findings {
    const [only, other] = this.#orders;
    const order = chosen ?? (only !== undefined && other === undefined ? only : usual);
    const isKind = this.#kindColumn >= 0 && this.#hasTasks && !this.#hasOtherKinds;
    return {
      order,
      ambiguousDate: this.#ambiguous && { ...this.#ambiguous, order },
      scale: this.#scale(),
      kindColumn: isKind ? this.#kindColumn : null,
      ignoredColumns: this.#ignored(isKind),
    };
  }

  #seeDate(cell: string): void {
    if (cell === '') return;
    try {
      const written = cells.dateIn(cell);
      if (!written) return;
      const possible = this.#orders.filter((order) => order in written.days);
      // Dates that contradict each other tell nothing.
      this.#orders = possible.length > 0 ? possible : dateOrders;
      if (daysOf(written).length > 1) this.#ambiguous ??= { text: cell.trim().slice(0, 40), days: written.days };
    } catch (error) {
      if (!(error instanceof cells.InvalidCellError)) throw error;
    }
  }

  #scale(): PriorityScale {
    const program = programOf(this.#file.header);
    if (program !== null && program in scales) return scales[program as keyof typeof scales];
    const numbers = [...this.#priorities].filter((text) => /^\d+$/.test(text));
    const isTickTick = numbers.includes('5') && numbers.every((number) => number in scales.ticktick);
    return isTickTick ? scales.ticktick : scales.rising;
  }

  #ignored(isKind: boolean): string[] {
    const { header } = this.#file;
    const read = new Set(
      Object.entries(this.#columns).flatMap(([attribute, column]) => columnsRead(header, attribute, column)),
    );
    if (isKind) read.add(this.#kindColumn);
    return [...this.#filled]
      .filter((column) => column < header.length && !read.has(column))
      .sort((a, b) => a - b)
      .map((column) => header[column] || `#${String(column + 1)}`);
  }
}

const KIND_NAMES = new Set(['type', 'kind', 'tipo', '类型', 'النوع'].map(fold));

/** Labels and notes may be spread over several columns of one name. */
const columnsRead = (header: readonly string[], attribute: string, column: number): number[] =>
  attribute === 'categories' || attribute === 'notes' ? columnsNamedAlike(header, column) : [column];
