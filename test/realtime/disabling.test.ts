import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Task, User } from '../../src/models/index.ts';
import { Client } from '../support/client.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTab } from '../support/socket.ts';
import { startTwoServers, type TwoServers } from '../support/two-servers.ts';
import { createToken } from '../../src/models/api-token/commands.ts';

/** Time limit in milliseconds for ending access. */
const LIMIT_MS = 2000;

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
    const { token } = await createToken(bob.user.id, { name: 'test', scopes: ['read'], expiresAt: null });
    const all = [
      await openTab(at(a, bob)),
      await openTab(at(b, bob)),
      await openTab({ client: new Client(b) }, { origin: null, token }),
    ];
    assert.equal((await at(a, ana).client.post(`/admin/users/${String(bob.user.id)}/disabled`)).status, 303);
    await Task.create({ listId: bob.list.id, userId: null, description: 'After all has ended' });
    for (const tab of all) {
      assert.deepEqual(await tab.waitFor('session_ended', undefined, LIMIT_MS), { reason: 'disabled' });
      await tab.ends.until((ends) => ends.length === 1, LIMIT_MS);
      assert.deepEqual(tab.all('new_task'), []);
      tab.close();
    }
  });
});
