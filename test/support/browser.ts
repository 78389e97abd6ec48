/** The whole thing as people see it: the server, the cast, and a real browser with a window for each of them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { after } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Settings } from '../../src/config/env.ts';
import { cookieName } from '../../src/middleware/session.ts';
import { Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from './app.ts';
import { launchBrowser } from './chromium.ts';
import { createWorld, type Person, type World } from './world.ts';

export interface Stage {
  app: TestApp;
  world: World;
  browser: Browser;
  /** What went wrong in any page: errors of scripts, and what the policy had to stop. */
  errors: string[];
  /** A new tab in the person's browser, live if it can be; null is somebody signed out. */
  tab(person: Person | null, path?: string): Promise<Page>;
  /** A window of its own for the person, e.g. on a phone or without JavaScript. */
  window(person: Person | null, options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Writes a task down from elsewhere. @returns its id */
  write(person: Person, description: string, form?: Record<string, string>): Promise<number>;
  close(): Promise<void>;
}

const project = fileURLToPath(new URL('../..', import.meta.url));

let shared: Promise<Browser> | undefined;
// At the end of the process: the files of a group share it.
after(async () => (await shared)?.close());

export async function openStage(overrides: Partial<Settings> = {}): Promise<Stage> {
  await buildIfStale();
  const app = await startApp(overrides);
  const world = await createWorld(app);
  const browser = await (shared ??= launchBrowser());
  const errors: string[] = [];
  const windows = new Map<string, BrowserContext>();

  const window: Stage['window'] = async (person, options = {}) => {
    const context = await browser.newContext({ baseURL: app.url, locale: 'en-GB', ...options });
    if (person) {
      const name = cookieName(app.settings);
      await context.addCookies([
        { name, value: person.client.cookies.get(name) ?? '', url: app.url, httpOnly: true, sameSite: 'Lax' },
      ]);
    }
    context.setDefaultTimeout(8000);
    await context.exposeFunction('reportError', (error: string) => {
      errors.push(error);
    });
    await context.addInitScript(
      `document.addEventListener('securitypolicyviolation', (event) => reportError('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));`,
    );
    context.on('weberror', (error) => {
      errors.push(`script: ${error.error().message}`);
    });
    return context;
  };

  return {
    app,
    world,
    browser,
    errors,
    window,
    async tab(person, at = '/tasks') {
      const key = person?.sid ?? '';
      const context = windows.get(key) ?? (await window(person));
      windows.set(key, context);
      const page = await context.newPage();
      await page.goto(at);
      if (person) await live(page);
      return page;
    },
    async write(person, description, form = {}) {
      const answer = await person.client.post('/tasks', { description, ...form });
      assert.equal(answer.status, 303, answer.text);
      return (
        await Task.findOne({
          where: { description, userId: person.user.id },
          order: [['id', 'DESC']],
          rejectOnEmpty: true,
        })
      ).id;
    },
    async close() {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await app.close();
      assert.deepEqual(errors, []);
    },
  };
}

/** Resolves when the page is connected and current. */
export const live = (page: Page): Promise<void> =>
  page.locator('body[data-realtime="live"]').waitFor({ state: 'attached' });

/** Resolves when the page is current, be it by asking now and then. */
const current = (page: Page): Promise<void> =>
  page.locator('body:is([data-realtime="live"], [data-realtime="polling"])').waitFor({ state: 'attached' });

/** What somebody sees of the list: each row's place, text and state. That a row glows passes, and is left out. */
export const rowsOn = (page: Page): Promise<{ block: string; id: number; text: string; state: string }[]> =>
  page.evaluate(`[...document.querySelectorAll('[data-rows] > [data-task]')].map((row) => {
    const text = row.cloneNode(true);
    for (const fresh of text.querySelectorAll('.fresh')) fresh.remove();
    return {
      block: row.parentElement.dataset.rows,
      id: Number(row.dataset.task),
      text: text.textContent,
      state: [row.className.replace('new', 'open'), row.dataset.revision, row.dataset.completed, row.hasAttribute('data-gone')].join(' '),
    };
  })`);

/**
 * Holds a page that has followed every change equal to one that has just been loaded.
 * @param within ms of quiet after which it has to be; what only the server can tell is asked for at leisure
 */
export async function assertCurrent(page: Page, within = 0): Promise<void> {
  const until = Date.now() + within;
  const fresh = await page.context().newPage();
  for (;;) {
    await fresh.goto(page.url());
    await current(fresh);
    const [here, there] = [await contentOf(page), await contentOf(fresh)];
    if (!isDeepStrictEqual(here, there) && Date.now() < until) continue;
    assert.deepEqual(here, there);
    await fresh.close();
    return;
  }
}

const contentOf = async (page: Page): Promise<unknown> => ({
  rows: await rowsOn(page),
  open: await page.locator('[data-open-count], [data-open-of]').allTextContents(),
  parts: await page.evaluate(
    `[...document.querySelectorAll('[data-empty], [data-all-done], [data-newcomer], [data-done-today], .next')].map((part) => part.hidden || part.querySelector('a[rel~=next]')?.getAttribute('href'))`,
  ),
});

/** The row of a task, wherever it stands. */
export const row = (page: Page, id: number) => page.locator(`[data-rows] > [data-task="${String(id)}"]`);
export const openRow = (page: Page, id: number) => page.locator(`[data-rows="open"] > [data-task="${String(id)}"]`);
export const doneRow = (page: Page, id: number) => page.locator(`[data-rows="done"] > [data-task="${String(id)}"]`);
export const knot = (page: Page, id: number) => row(page, id).locator('form[action$="/completion"] button');
export const quickAdd = (page: Page) => page.locator('[data-quick-add] [name="description"]');
export const waitingButton = (page: Page) => page.locator('[data-waiting]');

/** Puts the pointer where nothing is. */
export const pointAside = (page: Page): Promise<void> => page.mouse.move(2, 2);

/** Resolves as soon as the condition holds. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string, ms = 5000): Promise<void> {
  const until = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > until) assert.fail(`${what}: not within ${String(ms)} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** For a file that runs without `npm test`, which builds first. The compilers are loaded only when needed. */
async function buildIfStale(): Promise<void> {
  const manifest = path.join(project, 'public/assets/manifest.json');
  const builtAt = existsSync(manifest) ? statSync(manifest).mtimeMs : 0;
  if (['src/browser', 'src/shared', 'views/tasks'].every((folder) => newest(path.join(project, folder)) <= builtAt))
    return;
  const { buildAssets } = await import('../../scripts/build-assets.ts');
  await buildAssets();
}

function newest(place: string): number {
  const { mtimeMs } = statSync(place);
  if (!statSync(place).isDirectory()) return mtimeMs;
  return Math.max(0, ...readdirSync(place).map((entry) => newest(path.join(place, entry))));
}
