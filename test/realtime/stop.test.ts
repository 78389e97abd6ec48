import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { announce } from '../../src/events/index.ts';
import { Task } from '../../src/models/index.ts';
import { startApp } from '../support/app.ts';
import { openRawTab } from '../support/raw-tab.ts';
import { openTab } from '../support/socket.ts';
import { createWorld } from '../support/world.ts';

describe('shutdown', () => {
  it('delivers committed changes, lets tabs reconnect on their own and does not wait for them', async () => {
    const app = await startApp();
    const { ana } = await createWorld(app);
    const tab = await openTab(ana, { reconnection: true });
    const unresponsive = await openRawTab(ana);
    unresponsive.websocket.pause();
    await app.sequelize.query(
      "INSERT INTO tasks (list_id, user_id, description, created_at, updated_at) VALUES ($1, $2, 'The last word', now(), now())",
      { bind: [ana.list.id, ana.user.id] },
    );
    const stopped = performance.now();
    await app.close();
    assert.ok(performance.now() - stopped < 5000);
    assert.equal(tab.all('new_task').length, 1);
    await tab.ends.until((all) => all.length === 1);
    assert.deepEqual(tab.ends.all, ['transport close']);
    assert.deepEqual(tab.all('server_restarting'), [{ withinMs: 1000 }]);
    assert.ok(tab.socket.active, 'the tab no longer reconnects');

    const next = createServer().listen(Number(new URL(app.url).port), '127.0.0.1');
    await Promise.race([once(next, 'request'), once(next, 'upgrade')]);
    tab.close();
    unresponsive.terminate();
    next.close();
    next.closeAllConnections();
  });

  it('leaves no subscription behind', async () => {
    for (let round = 0; round < 2; round += 1) {
      const app = await startApp();
      const { ana } = await createWorld(app);
      const tab = await openTab(ana);
      await Task.create({ listId: ana.list.id, userId: ana.user.id, description: 'Before' });
      await tab.waitFor('new_task');
      await app.close();
      tab.close();
      announce('changed', 'new_task', { id: 1, listId: ana.list.id });
      announce('access_ended', { userId: ana.user.id, reason: 'disabled' });
    }
  });
});
