import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { List } from '../../src/models/index.ts';
import { assertCurrent, eventually, live, openStage, pointAside, row, type Stage } from '../support/browser.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
describe('Two people in a team', () => {
  let stage: Stage;
  let list: List;
  before(async () => {
    stage = await openStage();
    const { ana, bob } = stage.world;
    const team = await createTeam(ana.viewer, 'The house');
    await addMember(team, ana.user.id, bob.user.id);
    list = await findTeamList(team.id);
  });
  after(() => stage.close());

  const open = async (person: Stage['world']['ana'], path: string): Promise<Page> => {
    const page = await stage.tab(person, path);
    await pointAside(page);
    return page;
  };

  it('assign a task: it is under “My tasks” of the other at once, and on the list with a name', async () => {
    const { ana, bob } = stage.world;
    const id = await stage.write(ana, 'Paint the door', { listId: String(list.id) });
    const [mine, theirs] = [await open(bob, '/tasks/mine'), await open(bob, `/tasks?list=${String(list.id)}`)];
    await mine.getByText('Nothing is assigned to you').waitFor();

    const hers = await open(ana, `/tasks/${String(id)}`);
    await hers.locator('main a', { hasText: 'Edit' }).click();
    await hers.getByLabel('Assigned to').selectOption('Bob');
    await hers.getByLabel('Due').fill('2026-01-05');
    await hers.getByRole('button', { name: 'Save' }).click();
    await hers.locator('dd', { hasText: 'Bob' }).waitFor();

    await row(mine, id).getByText('Paint the door').waitFor();
    await mine.getByRole('heading', { name: 'Late' }).waitFor();
    await row(mine, id).getByText('The house').waitFor();
    await row(theirs, id).getByText('Assigned to').waitFor({ state: 'attached' });
    await assertCurrent(theirs, 10_000);
    await eventually(
      async () => (await theirs.getByRole('link', { name: 'My tasks' }).locator('.count').textContent()) === '1',
      'the menu of the list counts it',
      10_000,
    );

    await mine.getByRole('button', { name: 'Mark as done: Paint the door' }).click();
    await mine.getByText('Nothing is assigned to you').waitFor();
    assert.equal(new URL(mine.url()).pathname, '/tasks/mine');
    for (const page of [mine, theirs, hers]) await page.close();
  });

  it('move a task: it goes from the list of the one and comes to the other list of the other', async () => {
    const { ana, bob } = stage.world;
    const id = await stage.write(ana, 'Mend the roof', { listId: String(list.id), assigneeId: String(bob.user.id) });
    const [his, home, hers] = [
      await open(bob, `/tasks?list=${String(list.id)}`),
      await open(ana, `/tasks?list=${String(ana.list.id)}`),
      await open(ana, `/tasks/${String(id)}`),
    ];
    await row(his, id).waitFor();
    await hers.locator('summary', { hasText: 'Move to another list' }).click();
    await hers.getByLabel('To', { exact: true }).selectOption('Home');
    await hers.getByRole('button', { name: 'Move', exact: true }).click();
    await hers.getByText('no longer assigned to Bob').waitFor();
    await live(hers);
    await row(his, id).waitFor({ state: 'detached' });
    await row(home, id).waitFor();
    await assertCurrent(his, 10_000);
    await assertCurrent(home, 10_000);
    await hers.getByText('moved here from another list').waitFor();
    for (const page of [his, home, hers]) await page.close();
  });

  it('see what happens to a task while they look at it', async () => {
    const { ana, bob } = stage.world;
    const id = await stage.write(ana, 'Sweep the stairs', { listId: String(list.id) });
    const page = await open(ana, `/tasks/${String(id)}`);
    await bob.client.post(`/tasks/${String(id)}/completion`);
    await page.locator('.entries').getByText('completed').waitFor();
    await page.close();
  });
});
