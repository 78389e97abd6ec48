import { type ImportAttribute, importAttributes } from '../../schemas/import.ts';
import type { Columns } from '../../transfer/import/columns.ts';
import type { TaskFile } from '../../transfer/task-file.ts';
import type { Translate } from '../../shared/translations.ts';
import type { ImportReport, Outcome } from '../../transfer/import/index.ts';

const ROWS = 50;

/** Locals of the preview. */
export interface Preview {
  digest: string;
  /** Of a CSV file: the column that each attribute is read from, '' for none. */
  columns: { attribute: ImportAttribute; value: string }[] | null;
  choices: { value: string; label: string }[];
  /** Null until the columns are matched. */
  report: {
    counts: [Outcome, number][];
    wrong: number;
    total: number;
    nothing: boolean;
    categories: string;
    rows: { row: number; description: string; outcome: Outcome; why: string[] }[];
  } | null;
}

export function previewOf(file: TaskFile, columns: Columns, report: ImportReport | null, t: Translate): Preview {
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
    report: report && presentReport(report, t),
  };
}

/** Rows with errors come first. */
function presentReport({ counts, categories, rows }: ImportReport, t: Translate): NonNullable<Preview['report']> {
  const first = [
    ...rows.filter(({ outcome }) => outcome === 'wrong'),
    ...rows.filter(({ outcome }) => outcome !== 'wrong'),
  ].slice(0, ROWS);
  return {
    counts: Object.entries(counts) as [Outcome, number][],
    wrong: counts.wrong,
    total: rows.length,
    nothing: counts.insert + counts.update === 0,
    categories: categories.join(', '),
    rows: first.map(({ row, description, outcome, changed, why }) => ({
      row,
      description,
      outcome,
      why: [
        ...(changed.length > 0
          ? [t('imports.preview.changes', { names: changed.map((name) => t(`imports.columns.${name}`)).join(', ') })]
          : []),
        ...why.map(
          ({ path, message, params }) =>
            (path === '' ? '' : `${t(`imports.columns.${path.split('.')[0] ?? ''}`)}: `) + t(message, params),
        ),
      ],
    })),
  };
}
