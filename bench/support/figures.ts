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

export const met = ({ value, goal }: Figure): boolean | null =>
  goal ? (goal.is === 'at least' ? value >= goal.value : value <= goal.value) : null;

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** Markdown: a row a figure, with its goal and whether it is met. */
export function table(figures: Figure[]): string {
  const rows = figures.map((figure) => {
    const { name, value, unit, goal } = figure;
    const verdict = { true: 'met', false: 'not met', null: '' }[String(met(figure)) as 'true' | 'false' | 'null'];
    return `| ${name} | ${shown(value)} ${unit} | ${goal ? `${goal.is} ${String(goal.value)}` : ''} | ${verdict} |`;
  });
  return ['| measurement | figure | goal | |', '| --- | ---: | --- | --- |', ...rows].join('\n');
}
