/** @param fraction 0 to 1 */
export function quantile(values: number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

export const median = (values: number[]): number => quantile(values, 0.5);

/** One row of the report; `goal` is compared with `value`. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  goal?: { is: 'at least' | 'at most'; value: number };
}

/** The results of one run, with the machine they were measured on. */
export interface Run {
  machine: string;
  figures: Figure[];
}

export const meetsGoal = ({ value, goal }: Figure): boolean | null =>
  goal ? (goal.is === 'at least' ? value >= goal.value : value <= goal.value) : null;

/** `met`, `not met`, or an empty string without a goal. */
export const verdict = (figure: Figure): string =>
  ({ true: 'met', false: 'not met', null: '' })[String(meetsGoal(figure)) as 'true' | 'false' | 'null'];

/** Formats a value with three significant digits and its unit. */
export function formatValue({ value, unit }: Pick<Figure, 'value' | 'unit'>): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`.trim();
}

/** A Markdown table: one row per figure, with its goal and verdict. */
export function table(figures: Figure[]): string {
  const rows = figures.map(
    (figure) =>
      `| ${figure.name} | ${formatValue(figure)} | ${figure.goal ? `${figure.goal.is} ${String(figure.goal.value)}` : ''} | ${verdict(figure)} |`,
  );
  return ['| measurement | result | goal | |', '| --- | ---: | --- | --- |', ...rows].join('\n');
}
