import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { List, Team } from '../../src/models/index.ts';
import { Task } from '../../src/models/index.ts';
import { eventually, openStage, pointAside, type Stage } from '../support/browser.ts';
import { addMember, createTeam, removeMember } from '../../src/models/team/commands.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
import { createTask } from '../../src/models/task/commands.ts';
describe('The activity', () => {
  let stage: Stage;
  let team: Team;
  let list: List;

  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());
  let round = 0;
  beforeEach(async () => {
    const { ana, bob } = stage.world;
    round += 1;
    team = await createTeam(ana.viewer, `The house ${String(round)}`);
    await addMember(team, ana.user.id, bob.user.id);
    list = await findTeamList(team.id);
    await Task.bulkCreate(
      Array.from({ length: 120 }, (_, n) => ({
        listId: list.id,
        userId: ana.user.id,
        description: `Task ${String(n)}`,
      })),
    );
    // Over three days, of which each begins in the middle of a page.
    await stage.app.sequelize.query(
      "UPDATE events SET created_at = date_trunc('day', now()) - (1 + version / 50) * interval '1 day' + (100 - version) * interval '1 second' WHERE list_id = :list",
      { replacements: { list: list.id } },
    );
  });

  const entriesOn = (page: Page): Promise<string[]> =>
    page.evaluate<string[]>("[...document.querySelectorAll('[data-entry]')].map(({ dataset }) => dataset.entry)");
  const headingsOn = (page: Page): Promise<string[]> =>
    page.evaluate<string[]>("[...document.querySelectorAll('h2.day')].map(({ id }) => id)");
  const scrollTo = async (page: Page, entries: number): Promise<void> => {
    await eventually(
      async () => {
        await page.evaluate('scrollTo(0, document.body.scrollHeight)');
        return (await entriesOn(page)).length === entries;
      },
      `${String(entries)} entries stand there`,
    );
  };
  /** Newest first, as the log has them. */
  const logged = async (): Promise<string[]> => {
    const [rows] = (await stage.app.sequelize.query(
      'SELECT list_id, version FROM events WHERE list_id = :list ORDER BY created_at DESC, version DESC',
      { replacements: { list: list.id } },
    )) as [{ list_id: number; version: string }[], unknown];
    return rows.map(({ list_id, version }) => `${String(list_id)}-${version}`);
  };
  const open = async (): Promise<Page> => {
    const page = await stage.tab(stage.world.bob, `/activity?list=${String(list.id)}`);
    await pointAside(page);
    return page;
  };

  it('goes on by itself to its end, each entry once and in order, each day under one heading', async () => {
    const page = await open();
    assert.ok((await entriesOn(page)).length < 122);
    await scrollTo(page, 122);
    assert.deepEqual(await entriesOn(page), await logged());
    const headings = await headingsOn(page);
    assert.deepEqual([headings.length, new Set(headings).size], [3, 3]);
    assert.equal(await page.locator('[rel=next]').count(), 0);
    assert.equal(await page.locator('[data-announce]').textContent(), '');
    await page.close();
  });

  it('keeps what has come when something new is drawn on top', async () => {
    const page = await open();
    await scrollTo(page, 122);
    for (const description of ['Sweep', 'Paint']) {
      await createTask(stage.world.ana.viewer, { listId: list.id, description });
      await page.locator('[data-entry]').first().getByText(description).waitFor();
    }
    assert.deepEqual(await entriesOn(page), await logged());
    assert.equal((await headingsOn(page)).length, new Set(await headingsOn(page)).size);
    assert.equal(await page.locator('[rel=next]').count(), 0);
    await page.close();
  });

  it('begins anew where more has come than a page holds', async () => {
    const page = await open();
    await scrollTo(page, 122);
    await page.evaluate('scrollTo(0, 0)');
    await Task.bulkCreate(
      Array.from({ length: 60 }, (_, n) => ({
        listId: list.id,
        userId: stage.world.ana.user.id,
        description: `Late ${String(n)}`,
      })),
    );
    await page.locator('[data-entry]').first().getByText('Late').waitFor();
    await scrollTo(page, 182);
    assert.deepEqual(await entriesOn(page), await logged());
    await page.close();
  });

  it('shows nothing more of a team that its reader has left', async () => {
    const page = await stage.tab(stage.world.bob, '/activity');
    await pointAside(page);
    await eventually(async () => {
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      return (await page.locator('[rel=next]').count()) === 0;
    }, 'all has come');
    await removeMember(team, stage.world.ana.viewer, stage.world.bob.user.id);
    await eventually(
      async () => !(await entriesOn(page)).some((entry) => entry.startsWith(`${String(list.id)}-`)),
      'nothing of it is left',
    );
    await page.close();
  });

  it('has its link without JavaScript', async () => {
    const window = await stage.window(stage.world.bob, { javaScriptEnabled: false });
    const page = await window.newPage();
    await page.goto(`/activity?list=${String(list.id)}`);
    const first = await page.locator('[data-entry]').count();
    await page.locator('[rel=next]').click();
    await page.waitForURL('**/activity?**after=**');
    assert.ok(first > 0 && (await page.locator('[data-entry]').count()) > 0);
    await window.close();
  });
});
