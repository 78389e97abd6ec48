import { formatValue, meetsGoal, verdict, type Figure } from './support/figures.ts';

const WIDTH = 880;
const ROW = 26;
/** Left edge of the bars, the length that stands for 100% of a goal, and the multiple of the goal at which a bar is cut off. */
const BARS = { x: 410, goal: 110, maxGoals: 2 };

/**
 * An SVG of every figure that has a goal, as a fraction of that goal. It has its own background and follows the
 * reader's light or dark theme; text and fill pattern, not colour alone, show whether a goal is met.
 */
export function plot(figures: Figure[]): string {
  const groups = [
    { title: 'At least: bars should reach the line', rows: withGoal(figures, 'at least') },
    { title: 'At most: bars should stay left of the line', rows: withGoal(figures, 'at most') },
  ].filter(({ rows }) => rows.length > 0);
  let y = 16;
  const parts = groups.map(({ title, rows }) => {
    const top = y;
    y += ROW * (rows.length + 1) + 14;
    return renderGroup(top, title, rows);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-labelledby="title">`,
    '<title id="title">Taskwire: measurements compared with their goals</title>',
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

type FigureWithGoal = Figure & { goal: NonNullable<Figure['goal']> };

const withGoal = (figures: Figure[], is: FigureWithGoal['goal']['is']): FigureWithGoal[] =>
  figures.filter((figure): figure is FigureWithGoal => figure.goal?.is === is);

function renderGroup(top: number, title: string, rows: FigureWithGoal[]): string {
  const line = BARS.x + BARS.goal;
  return [
    `<text class="title" x="16" y="${top + 17}">${title}</text>`,
    ...rows.map((row, n) => renderRow(top + ROW * (n + 1), row)),
    `<line class="goal" x1="${line}" x2="${line}" y1="${top + ROW - 2}" y2="${top + ROW * (rows.length + 1) + 2}"/>`,
  ].join('\n');
}

function renderRow(top: number, figure: FigureWithGoal): string {
  const share = figure.value / figure.goal.value;
  const length = Math.max(1, Math.min(share, BARS.maxGoals) * BARS.goal).toFixed(1);
  const beyond =
    share > BARS.maxGoals
      ? `<text class="edge" x="${BARS.x + BARS.maxGoals * BARS.goal + 3}" y="${top + 17}">›</text>`
      : '';
  return [
    `<text x="16" y="${top + 17}">${escapeXml(figure.name)}</text>`,
    `<rect class="${meetsGoal(figure) ? 'met' : 'striped'}" x="${BARS.x}" y="${top + 5}" width="${length}" height="${ROW - 10}" rx="2"/>${beyond}`,
    `<text x="${BARS.x + BARS.maxGoals * BARS.goal + 18}" y="${top + 17}">${escapeXml(formatValue(figure))} <tspan class="quiet">goal: ${figure.goal.is} ${figure.goal.value}, ${verdict(figure)}</tspan></text>`,
  ].join('\n');
}

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
