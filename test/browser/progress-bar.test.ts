import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { openStage, type Stage } from '../support/browser.ts';

describe("Turbo's progress bar", () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  it('has the style whose hash the content security policy allows', async () => {
    const page = await stage.tab(null, '/login');
    const response = await page.reload();
    const policy = response?.headers()['content-security-policy'] ?? '';
    const styles = await page.locator('head style').allTextContents();
    assert.equal(styles.length, 1);
    const hash = `sha256-${createHash('sha256')
      .update(styles[0] ?? '')
      .digest('base64')}`;
    assert.ok(policy.includes(`'${hash}'`), `TURBO_STYLE_HASH in src/middleware/security.ts must be ${hash}`);
    assert.deepEqual(stage.errors, []);
  });
});
