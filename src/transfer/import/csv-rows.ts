/* eslint-disable max-lines -- the reading of each cell stands beside the others that it depends on */
import type { CsvRow } from '../../lib/csv.ts';
import { ValidationError, type FieldError } from '../../lib/errors.ts';
import { forEachYielding } from '../../lib/yielding.ts';
import { oneLine } from '../../schemas/shared.ts';
import type { ImportAttribute } from '../../schemas/import.ts';
import { limits, type Priority } from '../../shared/limits.ts';
import type { CsvFile } from '../task-file.ts';
import * as cells from './cells.ts';
import { columnsNamedAlike, programOf, type Columns, type Program } from './columns.ts';
import { RowCollector, type Draft, type ImportRow, type ImportRows } from './rows.ts';
import { Survey, type DateChoice, type Findings } from './survey.ts';
import { isDone, priorityOf, rowKindOf } from './words.ts';

/**
 * The tasks of a CSV file, with its invalid rows.
 * @param stops at a hundred invalid rows
 * @throws ValidationError with those, and where no column is the description
 */
export async function readCsvRows(
  file: CsvFile,
  columns: Columns,
  choice: DateChoice,
  stops: boolean,
): Promise<ImportRows> {
  const { description } = columns;
  if (description === undefined)
    throw new ValidationError({ path: 'column-description', message: 'imports.wrong.whichDescription' });
  const survey = new Survey(file, columns);
  await forEachYielding(file.rows, (row) => {
    survey.see(row);
  });
  const reader = new CsvReader(file, { ...columns, description }, survey.result(choice), choice.timeZone, stops);
  for (const { row, cells: all } of file.preamble)
    reader.rows.skip(row, oneLine(all.filter((cell) => cell !== '').join(' ')), 'imports.skipped.preamble');
  await forEachYielding(file.rows, (row) => {
    reader.read(row);
  });
  return reader.rows.found;
}

class CsvReader {
  readonly rows: RowCollector;
  readonly #file: CsvFile;
  readonly #columns: Columns & { description: number };
  readonly #several: { categories: number[]; notes: number[] };
  readonly #findings: Findings;
  readonly #dates: cells.DateReading;
  readonly #program: Program | null;
  /** The category that the last section row names. */
  #section = '';
  /** The task to which a note row belongs. */
  #above: ImportRow | null = null;

  constructor(
    file: CsvFile,
    columns: Columns & { description: number },
    findings: Findings,
    timeZone: string,
    stops: boolean,
  ) {
    this.rows = new RowCollector(stops);
    this.#file = file;
    this.#columns = columns;
    const alike = (column?: number): number[] => (column === undefined ? [] : columnsNamedAlike(file.header, column));
    this.#several = { categories: alike(columns.categories), notes: alike(columns.notes) };
    this.#findings = findings;
    this.#dates = { timeZone, order: findings.order };
    this.#program = programOf(file.header);
    this.rows.found.ambiguousDate = findings.ambiguousDate;
    this.rows.found.ignoredColumns = findings.ignoredColumns;
  }

  read(row: CsvRow): void {
    const text = row.cells[this.#columns.description] ?? '';
    const shown = cells.textCell(oneLine(text));
    const { kindColumn } = this.#findings;
    const kind = kindColumn === null ? 'task' : (rowKindOf(row.cells[kindColumn] ?? '') ?? 'task');
    if (kind === 'task') this.#above = this.rows.add(row.row, shown, () => this.#draft(row));
    else if (kind === 'note') this.#note(row, shown);
    else {
      if (kind === 'section') this.#section = shown;
      this.rows.skip(row.row, shown, `imports.skipped.${kind}`);
    }
  }

  #note({ row, cells: all }: CsvRow, shown: string): void {
    const above = this.#above;
    const note = cells.textCell(all[this.#columns.description] ?? '');
    if (!above) {
      this.rows.skip(row, shown, 'imports.skipped.noteAlone');
      return;
    }
    try {
      above.notes = cells.notesOf([above.notes ?? '', note]);
      this.rows.skip(row, shown, 'imports.skipped.note');
    } catch (error) {
      if (!(error instanceof cells.InvalidCellError)) throw error;
      this.rows.refuse(row, shown, [error.at('notes')]);
    }
  }

  #draft({ row, cells: all }: CsvRow): Draft {
    const errors: FieldError[] = [];
    const remarks: FieldError[] = [];
    const remark = (path: string, message: string, params: Record<string, string | number>): void => {
      remarks.push({ path, message: `imports.remarks.${message}`, params });
    };
    /** Undefined where the row has no such cell. */
    const read = <T>(attribute: ImportAttribute, parseCell: (cell: string) => T): T | undefined => {
      const cell = all[this.#columns[attribute] ?? -1];
      if (cell === undefined) return undefined;
      try {
        return parseCell(cell);
      } catch (error) {
        if (!(error instanceof cells.InvalidCellError)) throw error;
        errors.push(error.at(attribute));
        return undefined;
      }
    };
    const extra: string[] = [];
    const title = this.#titleAndLabels(all);
    const draft: Draft = {
      row,
      remarks,
      fileId: read('id', cells.keyCell) ?? null,
      description: read('description', () => cells.descriptionCell(title.text)) ?? '',
      completedAt: read('completedAt', (cell) => cells.momentCell(cell, this.#dates)),
      dueOn: read('dueOn', (cell) => this.#due(cell, extra, remark)),
      priority: read('priority', (cell) => this.#priority(cell.trim(), remark)),
      order: read('order', cells.numberCell),
      availableFrom: read('availableFrom', (cell) => cells.momentCell(cell, this.#dates)),
      availableUntil: read('availableUntil', (cell) => cells.momentCell(cell, this.#dates)),
      categories: this.#categories(all, title.labels, errors),
      deleted: read('deletedAt', (cell) => cell.trim() !== '') ?? false,
    };
    read('completed', (cell) => {
      this.#complete(draft, cell.trim(), remark);
    });
    const beyond = all.slice(this.#file.header.length).filter((cell) => cell.trim() !== '');
    if (beyond.length > 0) {
      extra.push(beyond.join('\n'));
      remark('', 'beyond', { count: beyond.length });
    }
    draft.notes = this.#notes(all, extra, errors);
    if (errors.length > 0) throw new ValidationError(errors);
    return draft;
  }

  /** Todoist writes labels after the title: `Water the ferns @garden`. */
  #titleAndLabels(all: readonly string[]): { text: string; labels: string[] } {
    const text = all[this.#columns.description] ?? '';
    const mayHave = this.#program === 'todoist' && text.length <= 2 * limits.description;
    const [, title = '', trailing = ''] = (mayHave && /^(.*?)((?:\s@[^\s@]+)+)\s*$/s.exec(text)) || [];
    if (title.trim() === '') return { text, labels: [] };
    return {
      text: title,
      labels: trailing
        .trim()
        .split(/\s+@|^@/)
        .filter((label) => label !== ''),
    };
  }

  #categories(all: readonly string[], labels: readonly string[], errors: FieldError[]): Draft['categories'] {
    const present = this.#several.categories.filter((column) => all[column] !== undefined);
    const more = [...labels, ...(this.#section === '' ? [] : [this.#section])];
    if (present.length === 0 && more.length === 0) return undefined;
    try {
      const named = present.flatMap((column) => cells.categoriesCell(all[column] ?? '', this.#program === 'trello'));
      return [...named, ...cells.categoriesNamed(more)];
    } catch (error) {
      if (!(error instanceof cells.InvalidCellError)) throw error;
      errors.push(error.at('categories'));
      return undefined;
    }
  }

  #notes(all: readonly string[], extra: readonly string[], errors: FieldError[]): Draft['notes'] {
    const present = this.#several.notes.filter((column) => all[column] !== undefined);
    if (present.length === 0 && extra.length === 0) return undefined;
    const texts = [...present.map((column) => cells.textCell(all[column] ?? '')), ...extra];
    try {
      return cells.notesOf(texts);
    } catch (error) {
      if (!(error instanceof cells.InvalidCellError)) throw error;
      errors.push(error.at('notes'));
      return undefined;
    }
  }

  /** Todoist writes `every Monday` and `tomorrow`: no dates, but they say when. */
  #due(cell: string, extra: string[], remark: Remark): string | null {
    try {
      return cells.dayCell(cell, this.#dates);
    } catch (error) {
      const isWords = error instanceof cells.InvalidCellError && error.message === 'errors.dateInvalid';
      if (!isWords || this.#program !== 'todoist') throw error;
      extra.push(cell.trim());
      remark('dueOn', 'dateInNotes', { text: cell.trim().slice(0, 60) });
      return null;
    }
  }

  #priority(text: string, remark: Remark): Priority {
    const found = priorityOf(text, this.#findings.scale);
    if (found === null) remark('priority', 'priority', { text: text.slice(0, 60) });
    // What Outlook and Microsoft To Do give to every task that was given nothing.
    const isDefault = this.#program === 'outlook' && found === 2;
    return isDefault ? 0 : (found ?? 0);
  }

  /** A state, yes or no, or the moment in which it was done. */
  #complete(draft: Draft, text: string, remark: Remark): void {
    const number = this.#program === 'ticktick' ? TICKTICK_STATES[text] : undefined;
    const done = number ?? isDone(text);
    if (text === '' && draft.completedAt) return;
    if (done !== null) {
      draft.completed = done;
      return;
    }
    try {
      const at = cells.momentCell(text, this.#dates);
      draft.completed = true;
      draft.completedAt ??= at;
    } catch (error) {
      if (!(error instanceof cells.InvalidCellError)) throw error;
      if (draft.completedAt) return;
      draft.completed = false;
      remark('completed', 'state', { text: text.slice(0, 60) });
    }
  }
}

type Remark = (path: string, message: string, params: Record<string, string | number>) => void;

/** Open, completed, archived with what was completed, won't do. */
const TICKTICK_STATES: Record<string, boolean | undefined> = { '0': false, '1': true, '2': true, '-1': true };
