import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { plot } from '../../bench/plot.ts';
import type { Run } from '../../bench/support/figures.ts';
import { files, renderReadme } from '../../bench/support/report.ts';

const published = JSON.parse(readFileSync(files.run, 'utf8')) as Run;

suite('The published figures', () => {
  test('are the same in the table and in the plot', () => {
    const readme = readFileSync(files.readme, 'utf8');
    assert.equal(renderReadme(readme, published), readme);
    assert.equal(readFileSync(files.plot, 'utf8'), plot(published.figures));
  });

  test('state for each goal whether it is met, even if the bar is cut off', () => {
    const late = { name: 'a <late> event', value: 9, unit: 'ms', goal: { is: 'at most' as const, value: 3 } };
    const fast = { name: 'creates', value: 0.3, unit: '', goal: { is: 'at least' as const, value: 0.2 } };
    const drawn = plot([late, fast]);
    assert.match(
      drawn,
      />a &lt;late> event<.*\n.*class="striped".*width="220\.0".*›.*\n.*9\.00 ms.*goal: at most 3, not met/,
    );
    assert.match(drawn, />creates<.*\n.*class="met".*width="165\.0".*\n.*0\.30.*goal: at least 0\.2, met/);
    const table = renderReadme('<!-- figures -->\n<!-- /figures -->', { machine: 'one core.', figures: [late, fast] });
    assert.match(
      table,
      /one core\.[\s\S]*\| a <late> event \| 9\.00 ms \| at most 3 \| not met \|\n\| creates \| 0\.30 \| at least 0\.2 \| met \|/,
    );
  });
});
