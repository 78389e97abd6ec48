import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openStage, type Stage } from '../support/browser.ts';

describe('the page of the API’s documentation', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  // Closing asserts that no script failed and that the policy had nothing to stop.
  after(() => stage.close());

  it('shows every operation, to whoever is signed out too', async () => {
    const page = await stage.tab(null, '/api/docs');
    await page.locator('.opblock-summary-path', { hasText: '/login' }).first().waitFor();
    const document = (await (await page.request.get('/api/v1/openapi.json')).json()) as {
      paths: Record<string, object>;
    };
    const documented = Object.values(document.paths).flatMap((path) => Object.keys(path)).length;
    assert.equal(await page.locator('.opblock').count(), documented);
  });
});
