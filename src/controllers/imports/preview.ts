import { type ImportAttribute, importAttributes } from '../../schemas/import.ts';
import type { Columns } from '../../transfer/import/columns.ts';
import type { TaskFile } from '../../transfer/task-file.ts';
import type { FieldError } from '../../lib/errors.ts';
import { dateOrders } from '../../lib/written-date.ts';
import type { ImportReport, Outcome, ReportRow } from '../../transfer/import/index.ts';

/** Rows of each kind, and kinds of remarks, that are shown. */
const SHOWN = 50;
/** Rows that are shown as they will be. */
const FIRST = 20;
const NOTES_SHOWN = 120;
const DESCRIPTION_SHOWN = 200;

type Locals = Pick<Express.Locals, 't' | 'day' | 'time' | 'number'>;

interface Choice {
  value: string;
  label: string;
}

interface PreviewRow {
  row: number;
  description: string;
  outcome: Outcome;
  /** What the task will be, besides its description. */
  facts: string[];
  why: string[];
}

/** Rows of one kind, under a heading. */
interface RowGroup {
  title: string;
  rows: PreviewRow[];
  /** The number of those that are not shown. */
  more: number;
}

/** Locals of the preview. */
export interface Preview {
  digest: string;
  /** Of a CSV file: the column that each attribute is read from, '' for none. */
  columns: { attribute: ImportAttribute; value: string }[] | null;
  choices: Choice[];
  /** What the reading of the whole file has to say. */
  lines: string[];
  /** Null until the columns are matched. */
  report: {
    counts: [Outcome, number][];
    wrong: number;
    nothing: boolean;
    categories: string;
    /** How dates are read that can be read in several ways. */
    dates: { text: string; choices: Choice[]; value: string } | null;
    groups: RowGroup[];
  } | null;
}

export function previewOf(file: TaskFile, columns: Columns, report: ImportReport | null, locals: Locals): Preview {
  const { t } = locals;
  return {
    digest: file.digest,
    columns:
      file.kind === 'csv'
        ? importAttributes.map((attribute) => ({ attribute, value: String(columns[attribute] ?? '') }))
        : null,
    choices: [
      { value: '', label: t('imports.columns.none') },
      ...(file.kind === 'csv'
        ? file.header.map((name, n) => ({
            value: String(n),
            label: name || t('imports.columns.unnamed', { n: n + 1 }),
          }))
        : []),
    ],
    lines: [
      ...(file.kind === 'csv' && file.encoding === 'windows-1252' ? [t('imports.preview.encoding')] : []),
      ...(report && report.ignoredColumns.length > 0
        ? [t('imports.preview.ignored', { names: report.ignoredColumns.join(', ') })]
        : []),
      ...(report ? remarksOf(report.rows, locals) : []),
    ],
    report: report && presentReport(report, locals),
  };
}

/** Each remark once, with the number of rows that it is about. */
function remarksOf(rows: readonly ReportRow[], { t, number }: Locals): string[] {
  // Translated only where they are shown: each row may have remarks of its own.
  const counts = new Map<string, { remark: FieldError; row: number; more: number }>();
  for (const { row, outcome, why } of rows) {
    if (outcome === 'wrong' || outcome === 'skip') continue;
    for (const remark of why) {
      const key = JSON.stringify(remark);
      const seen = counts.get(key);
      if (seen) seen.more += 1;
      else counts.set(key, { remark, row, more: 0 });
    }
  }
  const lines = [...counts.values()].slice(0, SHOWN).map(({ remark, row, more }) => {
    const others = more > 0 ? ` ${t('imports.preview.andMore', { count: more, number: number(more) })}` : '';
    return `${t('imports.preview.row', { row: number(row) })}${others}: ${messageOf(remark, t)}`;
  });
  const hidden = counts.size - SHOWN;
  return hidden > 0 ? [...lines, t('imports.preview.more', { count: hidden, number: number(hidden) })] : lines;
}

function presentReport(report: ImportReport, locals: Locals): NonNullable<Preview['report']> {
  const { counts, categories, rows } = report;
  const { t } = locals;
  const group = (title: string, of: ReportRow[], shown: number): RowGroup => ({
    title,
    rows: of.slice(0, shown).map((row) => presentRow(row, locals)),
    more: Math.max(0, of.length - shown),
  });
  const withOutcome = (outcome: Outcome, title: string): RowGroup =>
    group(
      t(`imports.preview.${title}`),
      rows.filter((row) => row.outcome === outcome),
      SHOWN,
    );
  const tasks = rows.filter(({ task }) => task !== null);
  return {
    counts: Object.entries(counts) as [Outcome, number][],
    wrong: counts.wrong,
    nothing: counts.insert + counts.update === 0,
    categories: categories.join(', '),
    dates: datesOf(report, locals),
    groups: [
      withOutcome('wrong', 'withErrors'),
      withOutcome('update', 'updates'),
      group(t('imports.preview.firstRows'), tasks, FIRST),
      withOutcome('skip', 'leftOut'),
    ].filter((one) => one.rows.length > 0),
  };
}

function datesOf({ ambiguousDate }: ImportReport, { t, day }: Locals): NonNullable<Preview['report']>['dates'] {
  if (!ambiguousDate) return null;
  const { text, days, order } = ambiguousDate;
  return {
    text,
    choices: dateOrders.flatMap((value) => {
      const date = days[value];
      return date ? [{ value, label: t(`imports.dates.${value}`, { day: day(date) }) }] : [];
    }),
    value: order !== null && days[order] ? order : 'mdy',
  };
}

function presentRow({ row, description, outcome, changed, why, task }: ReportRow, locals: Locals): PreviewRow {
  const { t } = locals;
  return {
    row,
    description: shortened(description, DESCRIPTION_SHOWN),
    outcome,
    facts: task ? factsOf(task, locals) : [],
    why: [
      ...(changed.length > 0
        ? [t('imports.preview.changes', { names: changed.map((name) => t(`imports.columns.${name}`)).join(', ') })]
        : []),
      ...why.map((error) => messageOf(error, t)),
    ],
  };
}

const messageOf = ({ path, message, params }: FieldError, t: Locals['t']): string =>
  (path === '' ? '' : `${t(`imports.columns.${path.split('.')[0] ?? ''}`)}: `) + t(message, params);

/** The preview waits in the session while the browser is redirected to it. */
const shortened = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}…` : text);

function factsOf(task: NonNullable<ReportRow['task']>, { t, day, time }: Locals): string[] {
  const { completed, completedAt, dueOn, priority, categories, availableFrom, availableUntil, notes } = task;
  const named = (name: ImportAttribute, value: string): string => `${t(`imports.columns.${name}`)}: ${value}`;
  const moment = (name: ImportAttribute, value?: Date | null): string[] =>
    value ? [named(name, time(value.toISOString()))] : [];
  const isDone = completed ?? Boolean(completedAt);
  return [
    ...(isDone ? [completedAt ? moment('completedAt', completedAt) : t('imports.preview.done')].flat() : []),
    ...(dueOn ? [named('dueOn', day(dueOn))] : []),
    ...(priority ? [named('priority', t(`tasks.priorities.${String(priority)}`))] : []),
    ...(categories && categories.length > 0
      ? [named('categories', categories.map(({ name }) => name.original).join(', '))]
      : []),
    ...moment('availableFrom', availableFrom),
    ...moment('availableUntil', availableUntil),
    ...(notes ? [named('notes', shortened(notes, NOTES_SHOWN))] : []),
  ];
}
