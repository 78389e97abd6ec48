import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '../support/client.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { startTwoServers, type TwoServers } from '../support/two-servers.ts';
import type { Person } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { followTask } from '../../src/models/follow/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { createTask } from '../../src/models/task/commands.ts';
/** Time limit in milliseconds for updating the count, in any process. */
const LIMIT_MS = 2000;

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
    const team = await createTeam(ana.viewer, 'The house');
    await addMember(team, ana.user.id, bob.user.id);
    const task = await createTask(ana.viewer, { listId: (await findTeamList(team.id)).id, description: 'Followed' });
    await followTask(bob.viewer, task.id);

    const [atA, atB, eveTab, anaTab] = await Promise.all([
      openTab(at(a, bob)),
      openTab(at(b, bob)),
      openTab(at(b, eve)),
      openTab(at(b, ana)),
    ]);
    const waitForUnread = (unread: number, ...tabs: Tab[]): Promise<unknown> =>
      Promise.all(
        tabs.map((tab) => tab.received.until(() => tab.all('inbox_updated').at(-1)?.unread === unread, LIMIT_MS)),
      );
    await waitForUnread(0, atA, atB, eveTab, anaTab);
    await at(a, ana).client.post(`/tasks/${String(task.id)}/completion`);
    await waitForUnread(1, atA, atB);
    await at(b, bob).client.post(`/tasks/${String(task.id)}/reading`);
    await waitForUnread(0, atA, atB);
    assert.deepEqual(
      [atA, atB, eveTab, anaTab].map((tab) => tab.all('inbox_updated').map(({ unread }) => unread)),
      [[0, 1, 0], [0, 1, 0], [0], [0]],
    );
    for (const tab of [atA, atB, eveTab, anaTab]) tab.close();
  });
});
