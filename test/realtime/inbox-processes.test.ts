import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { List, Task, Follow, Team } from '../../src/models/index.ts';
import { Client } from '../support/client.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { startTwoServers, type TwoServers } from '../support/two-servers.ts';
import type { Person } from '../support/world.ts';

/** Milliseconds in which a tab is told, in whichever process. */
const SOON = 2000;

describe('the unread count at two processes on one database', () => {
  let two: TwoServers;
  before(async () => {
    two = await startTwoServers(await openTestDatabase());
  });
  after(() => two.close());

  const at = (url: string, { client }: Person): { client: Client } => ({
    client: new Client(url, Object.fromEntries(client.cookies)),
  });

  it('rises at both for followers of a change, and falls at both when it is read at one', async () => {
    const {
      world: { ana, bob, eve },
      urls: [a, b],
    } = two;
    const team = await Team.found(ana.viewer, 'The house');
    await team.admit(ana.user.id, bob.user.id);
    const task = await Task.write(ana.viewer, { listId: (await List.ofTeam(team.id)).id, description: 'Followed' });
    await Follow.follow(bob.viewer, task.id);

    const [atA, atB, eves, anas] = await Promise.all([
      openTab(at(a, bob)),
      openTab(at(b, bob)),
      openTab(at(b, eve)),
      openTab(at(b, ana)),
    ]);
    const told = (unread: number, ...tabs: Tab[]): Promise<unknown> =>
      Promise.all(tabs.map((tab) => tab.heard.until(() => tab.all('inbox_updated').at(-1)?.unread === unread, SOON)));
    await told(0, atA, atB, eves, anas);
    await at(a, ana).client.post(`/tasks/${String(task.id)}/completion`);
    await told(1, atA, atB);
    await at(b, bob).client.post(`/tasks/${String(task.id)}/reading`);
    await told(0, atA, atB);
    assert.deepEqual(
      [atA, atB, eves, anas].map((tab) => tab.all('inbox_updated').map(({ unread }) => unread)),
      [[0, 1, 0], [0, 1, 0], [0], [0]],
    );
    for (const tab of [atA, atB, eves, anas]) tab.close();
  });
});
