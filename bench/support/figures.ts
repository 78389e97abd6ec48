/** The value below which `share` (0 to 1) of the values lie. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: number[]): number => quantile(values, 0.5);

/** One line of the report. A goal is held against `value`. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  goal?: { is: 'at least' | 'at most'; value: number };
}

/** What one run of the whole benchmark found, and where. */
export interface Run {
  machine: string;
  figures: Figure[];
}

export const met = ({ value, goal }: Figure): boolean | null =>
  goal ? (goal.is === 'at least' ? value >= goal.value : value <= goal.value) : null;

/** `met`, `not met`, or nothing where there is no goal. */
export const verdict = (figure: Figure): string =>
  ({ true: 'met', false: 'not met', null: '' })[String(met(figure)) as 'true' | 'false' | 'null'];

/** As many digits as mean something, with the unit. */
export function shown({ value, unit }: Pick<Figure, 'value' | 'unit'>): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`.trim();
}

/** Markdown: a row a figure, with its goal and whether it is met. */
export function table(figures: Figure[]): string {
  const rows = figures.map(
    (figure) =>
      `| ${figure.name} | ${shown(figure)} | ${figure.goal ? `${figure.goal.is} ${String(figure.goal.value)}` : ''} | ${verdict(figure)} |`,
  );
  return ['| measurement | figure | goal | |', '| --- | ---: | --- | --- |', ...rows].join('\n');
}
