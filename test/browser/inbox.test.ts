import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import type { List, Task } from '../../src/models/index.ts';
import { Follow } from '../../src/models/index.ts';
import { live, openStage, pointAside, type Stage } from '../support/browser.ts';
import type { Person } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { followTask } from '../../src/models/follow/commands.ts';
import { countUnread } from '../../src/models/follow/inbox.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { completeTask, createTask } from '../../src/models/task/commands.ts';
describe('The inbox', () => {
  let stage: Stage;
  let ana: Person;
  let bob: Person;
  let list: List;
  let pages: Page[] = [];

  before(async () => {
    stage = await openStage();
    ({ ana, bob } = stage.world);
    const team = await createTeam(ana.viewer, 'The house');
    await addMember(team, ana.user.id, bob.user.id);
    list = await findTeamList(team.id);
  });
  after(() => stage.close());
  beforeEach(() => Follow.update({ read: true }, { where: {} }));
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.close()));
    pages = [];
  });

  const tab = async (person: Person, at?: string): Promise<Page> => {
    const page = await stage.tab(person, at);
    await pointAside(page);
    pages.push(page);
    return page;
  };
  const followedByBob = async (description: string): Promise<Task> => {
    const task = await createTask(ana.viewer, { listId: list.id, description });
    await followTask(bob.viewer, task.id);
    return task;
  };
  const unread = (page: Page, count: number): Promise<void> =>
    (count > 0
      ? page.locator('[data-unread]:not([hidden])', { hasText: new RegExp(`^${String(count)}$`) })
      : page.locator('[data-unread][hidden]')
    ).waitFor({ state: 'attached' });
  const row = (page: Page, description: string) => page.locator('[data-inbox] li', { hasText: description });

  it('counts in both tabs what another has changed, and neither when one of them has opened it', async () => {
    const task = await followedByBob('Paint the door');
    const [one, two] = [await tab(bob), await tab(bob, '/inbox')];
    const anas = await tab(ana, `/tasks/${String(task.id)}`);
    await Promise.all([unread(one, 0), unread(two, 0)]);
    await two.getByText('When others change a task you follow').waitFor();

    await anas.locator('.task-head button').click();
    await Promise.all([unread(one, 1), unread(two, 1)]);
    await unread(anas, 0);
    await row(two, 'Paint the door').getByText('Ana').waitFor();
    await assertAccessible(two);

    await row(two, 'Paint the door').getByRole('button').click();
    await two.waitForURL(`**/tasks/${String(task.id)}?from=/inbox`);
    await Promise.all([unread(one, 0), unread(two, 0)]);
    await two.goBack();
    await two.getByText('When others change a task you follow').waitFor();
  });

  it('marks all as read, in every tab', async () => {
    for (const text of ['One', 'Two']) await completeTask(await followedByBob(text), ana.viewer);
    const [one, two] = [await tab(bob), await tab(bob, '/inbox')];
    await Promise.all([unread(one, 2), unread(two, 2)]);
    await two.getByRole('button', { name: 'Mark all as read' }).click();
    await two.getByText('When others change a task you follow').waitFor();
    await Promise.all([unread(one, 0), unread(two, 0)]);
  });

  it('is read by looking at the task, also where the change comes while it is open', async () => {
    const task = await followedByBob('Looked at');
    const [one, shown] = [await tab(bob), await tab(bob, `/tasks/${String(task.id)}`)];
    await shown.bringToFront();
    await shown.getByRole('button', { name: 'Unfollow' }).waitFor();
    await completeTask(task, ana.viewer);
    await shown.locator('.update-notice').getByText('completed').waitFor();
    await shown.locator('.update-notice button').waitFor({ state: 'detached' });
    await Promise.all([unread(one, 0), unread(shown, 0)]);
    assert.equal(await countUnread(bob.viewer), 0);
  });

  it('works without JavaScript', async () => {
    const task = await followedByBob('By hand');
    await completeTask(task, ana.viewer);
    const window = await stage.window(bob, { javaScriptEnabled: false });
    const page = await window.newPage();
    await page.goto(`/tasks/${String(task.id)}`);
    await page.getByRole('button', { name: 'Mark as read' }).click();
    await page.waitForURL(`**/tasks/${String(task.id)}`);
    assert.equal(await page.locator('.update-notice').count(), 0);
    await page.getByRole('button', { name: 'Unfollow' }).click();
    await page.getByRole('button', { name: 'Follow' }).waitFor();
    await window.close();
  });

  async function assertAccessible(page: Page): Promise<void> {
    await live(page);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
      [],
    );
  }
});
