import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApiToken, Task, User } from '../../src/models/index.ts';
import { Client } from '../support/client.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTab } from '../support/socket.ts';
import { startTwoServers, type TwoServers } from '../support/two-servers.ts';

/** Milliseconds in which a tab loses its access. */
const SOON = 2000;

describe('an account disabled at one of two processes', () => {
  let two: TwoServers;
  before(async () => {
    two = await startTwoServers(await openTestDatabase());
  });
  after(() => two.close());

  it('A3: loses its tabs and API clients at both, and receives nothing more', async () => {
    const {
      world: { ana, bob },
      urls: [a, b],
    } = two;
    const at = (url: string, { client }: typeof bob): { client: Client } => ({
      client: new Client(url, Object.fromEntries(client.cookies)),
    });
    await User.update({ admin: true }, { where: { id: ana.user.id } });
    const { token } = await ApiToken.issue(bob.user.id, { name: 'test', scopes: ['read'], expiresAt: null });
    const all = [
      await openTab(at(a, bob)),
      await openTab(at(b, bob)),
      await openTab({ client: new Client(b) }, { origin: null, token }),
    ];
    assert.equal((await at(a, ana).client.post(`/admin/users/${String(bob.user.id)}/disabled`)).status, 303);
    await Task.create({ listId: bob.list.id, userId: bob.user.id, description: 'After all has ended' });
    for (const tab of all) {
      assert.deepEqual(await tab.waitFor('session_ended', undefined, SOON), { reason: 'disabled' });
      await tab.ends.until((ends) => ends.length === 1, SOON);
      assert.deepEqual(tab.all('new_task'), []);
      tab.close();
    }
  });
});
