import { met, shown, verdict, type Figure } from './support/figures.ts';

const WIDTH = 880;
const ROW = 26;
/** Where the bars begin, how long a bar is whose figure is its goal, and how many goals fit. */
const BARS = { x: 410, goal: 110, goals: 2 };

/**
 * An SVG of every figure that has a goal, as its share of the goal. It brings its own background and follows the
 * reader's light or dark theme; whether a goal is met is said in words and by the bar's filling, not by colour alone.
 */
export function plot(figures: Figure[]): string {
  const groups = [
    { title: 'At least: the bar should reach the line', rows: withGoal(figures, 'at least') },
    { title: 'At most: the bar should not pass the line', rows: withGoal(figures, 'at most') },
  ].filter(({ rows }) => rows.length > 0);
  let y = 16;
  const parts = groups.map(({ title, rows }) => {
    const top = y;
    y += ROW * (rows.length + 1) + 14;
    return groupAt(top, title, rows);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-labelledby="title">`,
    '<title id="title">The measurements of Taskwire beside their goals</title>',
    STYLE,
    '<defs><pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="missed" width="3" height="6"/></pattern></defs>',
    `<rect class="paper" width="${WIDTH}" height="${y}" rx="8"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

const STYLE = `<style>
  svg { font: 13px system-ui, sans-serif }
  .paper { fill: #fff } text { fill: #1f2328 } .quiet { fill: #59636e } .title { font-weight: 600 }
  .met { fill: #1a7f37 } .missed, .edge { fill: #bc4c00 } .striped { fill: url(#stripes); stroke: #bc4c00 } .goal { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #151b23 } text { fill: #f0f6fc } .quiet { fill: #9198a1 }
    .met { fill: #3fb950 } .missed, .edge { fill: #f0883e } .striped { stroke: #f0883e } .goal { stroke: #f0f6fc }
  }
</style>`;

type ClientPosition = Figure & { goal: NonNullable<Figure['goal']> };

const withGoal = (figures: Figure[], is: ClientPosition['goal']['is']): ClientPosition[] =>
  figures.filter((figure): figure is ClientPosition => figure.goal?.is === is);

function groupAt(top: number, title: string, rows: ClientPosition[]): string {
  const line = BARS.x + BARS.goal;
  return [
    `<text class="title" x="16" y="${top + 17}">${title}</text>`,
    ...rows.map((row, n) => rowAt(top + ROW * (n + 1), row)),
    `<line class="goal" x1="${line}" x2="${line}" y1="${top + ROW - 2}" y2="${top + ROW * (rows.length + 1) + 2}"/>`,
  ].join('\n');
}

function rowAt(top: number, figure: ClientPosition): string {
  const share = figure.value / figure.goal.value;
  const length = Math.max(1, Math.min(share, BARS.goals) * BARS.goal).toFixed(1);
  const beyond =
    share > BARS.goals ? `<text class="edge" x="${BARS.x + BARS.goals * BARS.goal + 3}" y="${top + 17}">›</text>` : '';
  return [
    `<text x="16" y="${top + 17}">${escaped(figure.name)}</text>`,
    `<rect class="${met(figure) ? 'met' : 'striped'}" x="${BARS.x}" y="${top + 5}" width="${length}" height="${ROW - 10}" rx="2"/>${beyond}`,
    `<text x="${BARS.x + BARS.goals * BARS.goal + 18}" y="${top + 17}">${escaped(shown(figure))} <tspan class="quiet">of ${figure.goal.is} ${figure.goal.value}: ${verdict(figure)}</tspan></text>`,
  ].join('\n');
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
