import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { live, openRow, openStage, type Stage } from '../support/browser.ts';
import { openWiredPage } from '../support/wired-page.ts';

describe('A tab whose server says that it ends', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  it('comes back within the time that was named, at a moment of chance, and loads nothing afresh', async () => {
    const { page, wire } = await openWiredPage(stage, stage.world.ana);
    const loaded: string[] = [];
    page.on('request', (request) => {
      loaded.push(request.url());
    });
    const random = (value: number) => page.evaluate(`Math.random = () => ${String(value)}`);
    for (const [chance, connections] of [
      [0.9, 2],
      [0.01, 3],
    ] as const) {
      await random(chance);
      wire.toTab('42["server_restarting",{"withinMs":2500}]');
      const since = Date.now();
      wire.cut();
      await page.locator('body[data-realtime="reconnecting"]').waitFor({ state: 'attached' });
      assert.ok(await page.locator('[data-connection]').isHidden());
      await live(page);
      assert.equal(wire.connections, connections);
      if (chance > 0.5) assert.ok(Date.now() - since > 1500, 'it has waited');
    }
    await random(0.5);
    const id = await stage.write(stage.world.ana, 'after the restart');
    await openRow(page, id).waitFor();
    assert.deepEqual(
      loaded.filter((url) => !url.includes('socket.io')),
      [],
    );
  });

  it('says that it is reconnecting where that takes longer', async () => {
    const { page, wire } = await openWiredPage(stage, stage.world.ana);
    await page.evaluate('Math.random = () => 0.9');
    wire.toTab('42["server_restarting",{"withinMs":6000}]');
    wire.cut();
    await page.locator('[data-connection]').getByText('Reconnecting…').waitFor();
    await live(page);
    assert.ok(await page.locator('[data-connection]').isHidden());
  });
});
