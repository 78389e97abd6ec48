import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { Category } from '../../src/models/index.ts';
import { live, openRow, openStage, type Stage } from '../support/browser.ts';
import { createPerson, type Person } from '../support/world.ts';
import { addMember, createTeam } from '../../src/models/team/commands.ts';
import { promoteUser } from '../../src/models/user/rights.ts';
import { findTeamList } from '../../src/models/list/queries.ts';
const PHONE = { width: 390, height: 780 };
const DESKTOP = { width: 1280, height: 720 };

/** Each pair of a colour scheme, a size and a direction is among them. */
const looks = [
  { look: 'light', options: { colorScheme: 'light', viewport: DESKTOP }, language: 'en' },
  { look: 'dark, right to left', options: { colorScheme: 'dark', viewport: DESKTOP }, language: 'ar' },
  { look: 'right to left, on a phone', options: { colorScheme: 'light', viewport: PHONE }, language: 'ar' },
  { look: 'dark, on a phone', options: { colorScheme: 'dark', viewport: PHONE }, language: 'zh' },
] as const;

describe('Every page is for everybody', () => {
  let stage: Stage;
  let person: Person;
  let newcomer: Person;
  let task: number;
  let category: number;
  let team: { id: number; listId: number };

  before(async () => {
    stage = await openStage();
    person = stage.world.ana;
    await promoteUser(person.user);
    newcomer = await createPerson(stage.app, 'Nora');
    await stage.world.anon.post('/password-resets', { email: 'ana@example.com' });
    await person.client.post('/categories', { name: 'print', color: 'amber' });
    category = (await Category.findOne({ where: { listId: person.list.id }, rejectOnEmpty: true })).id;
    task = await stage.write(person, 'Order the posters for the opening', {
      notes: 'two hundred',
      dueOn: '2026-01-05',
      priority: '3',
      categoryIds: String(category),
    });
    const done = await stage.write(person, 'Choose the colours');
    await person.client.post(`/tasks/${String(done)}/completion`);
    const garden = await createTeam(person.viewer, 'Garden');
    team = { id: garden.id, listId: (await findTeamList(garden.id)).id };
    await addMember(garden, person.user.id, stage.world.bob.user.id);
    await stage.write(person, 'Rake the leaves', {
      listId: String(team.listId),
      assigneeId: String(stage.world.bob.user.id),
    });
    const deleted = await stage.write(person, 'Call the caterer');
    await person.client.delete(`/tasks/${String(deleted)}`);
  });
  after(() => stage.close());

  for (const { look, options, language } of looks) {
    it(look, async () => {
      const ways = { ...options, reducedMotion: 'reduce', locale: language } as const;
      for (const one of [person, newcomer]) await one.client.patch('/settings/language', { locale: language });
      const [mine, empty, nobodys] = [
        await stage.window(person, ways),
        await stage.window(newcomer, ways),
        await stage.window(null, ways),
      ];

      const page = await mine.newPage();
      const visit = async (path: string): Promise<void> => {
        await page.goto(path);
        await live(page);
        await assertAccessible(page, path);
      };
      for (const path of [
        '/tasks',
        '/tasks/new',
        `/tasks/${String(task)}`,
        `/tasks/${String(task)}/edit`,
        '/tasks?q=posters',
        '/tasks?q=nothing',
        `/tasks?category=${String(category)}`,
        `/tasks?list=${String(team.listId)}`,
        '/tasks?status=all',
        '/tasks/mine',
        '/inbox',
        '/activity',
        '/trash',
        '/categories',
        '/categories/new',
        `/categories/${String(category)}/edit`,
        '/teams',
        '/teams/new',
        `/teams/${String(team.id)}`,
        '/settings',
        '/settings/profile',
        '/settings/password',
        '/settings/sessions',
        '/settings/tokens',
        '/settings/import',
        '/settings/account',
        '/admin/mails',
        '/admin/users',
        `/admin/users/${String(newcomer.user.id)}`,
        '/admin/audit',
      ])
        await visit(path);

      await page.goto('/trash');
      await page.locator('summary').last().click();
      await assertAccessible(page, 'the question before something is deleted for good');

      await page.goto('/tasks');
      await live(page);
      const fresh = await stage.write(person, `Just arrived in ${look}`);
      await openRow(page, fresh).waitFor();
      await assertAccessible(page, 'a row that has just arrived');
      await openRow(page, fresh).hover();
      await stage.write(person, `Waiting in ${look}`);
      await page.locator('[data-waiting]').waitFor();
      await assertAccessible(page, 'rows that wait');
      await page.locator('.filters summary').click();
      await assertAccessible(page, 'the filters');
      if (options.viewport === PHONE) {
        await page.locator('button.menu').click();
        await page.locator('[data-sidebar] form[action="/logout"] button').waitFor();
        await assertAccessible(page, 'the menu');
      }

      await page.goto(`/tasks/${String(task)}/edit`);
      const revision = await page.locator('[data-editor]').getAttribute('data-text-revision');
      await person.client.patch(`/tasks/${String(task)}`, {
        description: `Order the posters, ${look}`,
        textRevision: revision ?? '',
        categoryIds: String(category),
      });
      await page.locator('[data-changed-elsewhere]').waitFor();
      await assertAccessible(page, 'an editor whose task has changed elsewhere');
      await page.locator('[data-editor] [name="description"]').fill('My words');
      await page.locator('[data-editor] [type="submit"]').click();
      await page.locator('.theirs').first().waitFor();
      await assertAccessible(page, 'two texts side by side');

      await page.goto('/categories/new');
      await page.locator('[name="name"]').fill('print');
      await page.locator('form[data-draft] [type="submit"]').click();
      await page.locator('#name-error').waitFor();
      await assertAccessible(page, 'a refused form');

      await page.goto('/tasks/999999');
      await assertAccessible(page, 'a page that is not there');
      await assertOn(empty, '/tasks', true);
      await assertOn(empty, '/trash', true);
      await assertOn(empty, '/categories', true);
      await assertOn(nobodys, '/login', false);
      await assertOn(nobodys, '/register', false);
      await assertOn(nobodys, '/password-resets/new?asked', false);
      await assertOn(nobodys, '/not/there', false);
      await Promise.all([mine.close(), empty.close(), nobodys.close()]);
    });
  }

  it('is reached with the keyboard alone: from the address to a task that is done', async () => {
    const page = await (await stage.window(newcomer)).newPage();
    await newcomer.client.patch('/settings/language', { locale: 'en' });
    await page.goto('/tasks');
    await live(page);
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.className'), 'skip');
    await tabTo(page, '#quick-add');
    await page.keyboard.type('by keyboard');
    await page.keyboard.press('Enter');
    await page.getByText('by keyboard').waitFor();
    await live(page);
    assert.equal(await page.evaluate('document.activeElement.id'), 'quick-add', 'the next one can be typed at once');
    await tabTo(page, '[data-rows="open"] button');
    await page.keyboard.press('Enter');
    await page.locator('[data-rows="done"]').getByText('by keyboard').waitFor();
  });
});

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let steps = 0; steps < 40; steps += 1) {
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`${selector} is not reached`);
}

async function assertOn(context: BrowserContext, path: string, isLive: boolean): Promise<void> {
  const page = await context.newPage();
  await page.goto(path);
  if (isLive) await live(page);
  await assertAccessible(page, path);
  await page.close();
}

/** No violation that axe finds, and nothing that sticks out at the side. */
async function assertAccessible(page: Page, where: string): Promise<void> {
  // Of what passes one node a rule: describing them all takes as long as the checks.
  const builder = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations, passes } = await builder.analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, any, all, none }) =>
        `${id}: ${html.slice(0, 200)} ${[...any, ...all, ...none]
          .map(({ message }) => message)
          .join(' ')
          .slice(0, 200)}`,
    ),
  );
  assert.ok(passes.length > 10, `${where} was looked at`);
  assert.deepEqual(found, [], where);
  assert.equal(
    await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
    true,
    `${where} is no wider than the screen`,
  );
}
