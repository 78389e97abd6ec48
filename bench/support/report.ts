import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { plot } from '../plot.ts';
import { table, type Run } from './figures.ts';

const bench = path.resolve(import.meta.dirname, '..');
const BETWEEN = /(?<=<!-- figures -->\n)[\s\S]*(?=<!-- \/figures -->)/;

/** The published run and the files generated from it: the plot, and the section of the README between the markers. */
export const files = {
  run: path.join(bench, 'figures.json'),
  plot: path.join(bench, 'figures.svg'),
  readme: path.join(bench, 'README.md'),
};

/** Writes figures.json, the plot and the table in the README together. */
export function publish({ machine, figures }: Run): void {
  const run = {
    machine,
    figures: figures.map((figure) => ({ ...figure, value: Number(figure.value.toPrecision(4)) })),
  };
  writeFileSync(files.run, `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(files.plot, plot(run.figures));
  writeFileSync(files.readme, renderReadme(readFileSync(files.readme, 'utf8'), run));
}

/** @returns the README with this run's figures between the markers */
export function renderReadme(readme: string, { machine, figures }: Run): string {
  if (!BETWEEN.test(readme)) throw new Error('bench/README.md lacks the markers around its figures');
  // A function, because `$` in a replacement string is special.
  return readme.replace(
    BETWEEN,
    () => `\n${machine}\n\n![Figures compared with their goals](figures.svg)\n\n${table(figures)}\n\n`,
  );
}
