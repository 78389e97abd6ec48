import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { plot } from '../plot.ts';
import { table, type Run } from './figures.ts';

const bench = path.resolve(import.meta.dirname, '..');
const BETWEEN = /(?<=<!-- figures -->\n)[\s\S]*(?=<!-- \/figures -->)/;

/** The published run, and what is made of it: the plot, and README's part between its marks. */
export const files = {
  run: path.join(bench, 'figures.json'),
  plot: path.join(bench, 'figures.svg'),
  readme: path.join(bench, 'README.md'),
};

/** Publishes a run: the figures, the plot and the table change together. */
export function publish({ machine, figures }: Run): void {
  const run = {
    machine,
    figures: figures.map((figure) => ({ ...figure, value: Number(figure.value.toPrecision(4)) })),
  };
  writeFileSync(files.run, `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(files.plot, plot(run.figures));
  writeFileSync(files.readme, readmeOf(readFileSync(files.readme, 'utf8'), run));
}

/** @returns README's text with the figures of this run between the marks */
export function readmeOf(readme: string, { machine, figures }: Run): string {
  if (!BETWEEN.test(readme)) throw new Error('bench/README.md has lost the marks around its figures');
  // By a function: `$` in a text would be read as a reference.
  return readme.replace(
    BETWEEN,
    () => `\n${machine}\n\n![Each figure beside its goal](figures.svg)\n\n${table(figures)}\n\n`,
  );
}
