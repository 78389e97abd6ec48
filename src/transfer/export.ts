import { writeCsv } from '../lib/csv.ts';
import type { ListContents } from '../models/list/list-export.ts';
import type { TaskRecord } from '../models/task/record.ts';
import { presentTask } from '../presenters/task.ts';
import { writeCategories } from './import/cells.ts';
import { exportFormat } from '../schemas/export.ts';
import { exportColumns } from '../schemas/import.ts';

export const exportFormats = ['json', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** A list as a file to download. */
export interface ExportedFile {
  headers: Record<string, string>;
  /** In chunks. */
  text: AsyncGenerator<string>;
}

/** @param now the date of the file's name */
export function exportFile(contents: ListContents, format: ExportFormat, now = new Date()): ExportedFile {
  const name = `taskwire-${now.toISOString().slice(0, 10)}.${format}`;
  return {
    headers: {
      'Content-Type': format === 'json' ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'no-store',
    },
    text: format === 'json' ? asJson(contents, now) : asCsv(contents),
  };
}

/** One task a line. */
async function* asJson({ list, categories, tasks }: ListContents, now: Date): AsyncGenerator<string> {
  const head = {
    ...exportFormat,
    exportedAt: now.toISOString(),
    list,
    categories: categories.map(({ name, color }) => ({ name, color })),
  };
  yield `${JSON.stringify(head).slice(0, -1)},"tasks":[`;
  let between = '\n';
  for await (const batch of tasks) {
    yield between + batch.map((task) => JSON.stringify(taskForJson(task))).join(',\n');
    between = ',\n';
  }
  yield '\n]}\n';
}

const taskForJson = (task: TaskRecord): object => ({ ...presentTask(task), categories: namesOf(task) });

/** With a byte order mark, by which spreadsheets detect UTF-8. */
async function* asCsv({ tasks }: ListContents): AsyncGenerator<string> {
  yield `\ufeff${writeCsv([exportColumns])}`;
  for await (const batch of tasks) yield writeCsv(batch.map(cellsOf));
}

function cellsOf(task: TaskRecord): (string | number | null)[] {
  const fields = {
    ...presentTask(task),
    completed: task.completedAt ? 'true' : 'false',
    categories: writeCategories(namesOf(task)),
  };
  return exportColumns.map((column) => fields[column]);
}

const namesOf = ({ categories }: TaskRecord): string[] => (categories ?? []).map(({ name }) => name.original);
