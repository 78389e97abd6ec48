import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser as Chromium, BrowserContext, Page } from 'playwright-core';
import type { CatchUpAnswer, ListEvent, Positions, ConnectionError } from '../../src/shared/events.ts';
import { live, rowsOn } from '../support/browser.ts';
import type { TabRecord } from './evidence.ts';
import type { Browser } from './people.ts';
import { emptyRecord, toSeenEvent, versionsOf, type Tab } from './tab.ts';

/** A tab in a real browser, recorded from its websocket and its document. */
export class BrowserTab implements Tab {
  readonly record: TabRecord;
  readonly browser: Browser;
  readonly url: string;
  readonly #context: BrowserContext;
  readonly #page: Page;
  #connection = 0;

  static async open(chromium: Chromium, name: string, url: string, browser: Browser): Promise<BrowserTab> {
    const context = await chromium.newContext({ baseURL: url, locale: 'en-GB' });
    const [cookie = '', value = ''] = browser.cookie.split(/=(.*)/s);
    await context.addCookies([{ name: cookie, value, url, httpOnly: true, sameSite: 'Lax' }]);
    const tab = new BrowserTab(name, url, browser, context, await context.newPage());
    await tab.#page.goto('/tasks');
    await live(tab.#page);
    // Away from all rows: they don't move while the pointer is over them.
    await tab.#page.mouse.move(2, 2);
    return tab;
  }

  private constructor(name: string, url: string, browser: Browser, context: BrowserContext, page: Page) {
    this.record = emptyRecord(name, browser.userId);
    this.browser = browser;
    this.url = url;
    this.#context = context;
    this.#page = page;
    page.on('websocket', (websocket) => {
      let connection = (this.#connection += 1);
      websocket.on('framereceived', ({ payload }) => {
        // Events between two changes of access may be skipped.
        if (String(payload).startsWith('42["access_changed"')) connection = this.#connection += 1;
        this.#onPacket(connection, String(payload));
      });
    });
    // Without a websocket the page polls over HTTP.
    page.on('response', (response) => {
      if (!/\/lists\/\d+\/events/.test(response.url()) || !response.ok()) return;
      response.json().then(
        (answer: CatchUpAnswer) => {
          this.#caughtUp(answer);
        },
        () => undefined,
      );
    });
    page.on('framenavigated', () => {
      if (new URL(page.url()).pathname === '/login') this.record.open = false;
    });
  }

  async positions(): Promise<Record<number, number>> {
    return versionsOf(
      await this.#page.evaluate(
        'JSON.parse(document.querySelector("main[data-positions]")?.dataset.positions ?? "{}")',
      ),
    );
  }

  async recordFinalState(): Promise<void> {
    const fresh = await this.#context.newPage();
    await fresh.goto('/tasks');
    await live(fresh);
    this.record.final = {
      positions: await this.positions(),
      rows: await readRows(this.#page),
      freshRows: await readRows(fresh),
    };
    await fresh.close();
  }

  /** Takes the tab offline for a while. */
  async goOffline(milliseconds: number): Promise<void> {
    await this.#context.setOffline(true);
    await sleep(milliseconds);
    await this.#context.setOffline(false);
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  /** A socket.io packet: 42 is an event, 43 followed by a number an acknowledgement. */
  #onPacket(connection: number, packet: string): void {
    const [, kind, json = ''] = /^4([23])\d*(\[.*)$/s.exec(packet) ?? [];
    if (kind === '3') this.#caughtUp((JSON.parse(json) as [CatchUpAnswer | ConnectionError])[0]);
    if (kind !== '2') return;
    const [name, payload] = JSON.parse(json) as [string, unknown];
    if (name === 'list_versions') {
      for (const [listId, { version }] of Object.entries(payload as Positions))
        this.record.received.push({ kind: 'announced', connection, listId: Number(listId), version });
    } else if (typeof payload === 'object' && payload !== null && 'list' in payload) {
      this.record.received.push({ kind: 'event', connection, ...toSeenEvent({ name, payload } as ListEvent) });
    }
  }

  #caughtUp(answer: CatchUpAnswer | ConnectionError): void {
    for (const list of Object.values(answer as Record<string, object | string>)) {
      if (typeof list === 'object' && 'events' in list)
        for (const event of list.events as ListEvent[])
          this.record.received.push({ kind: 'caught_up', ...toSeenEvent(event) });
    }
  }
}

const readRows = async (page: Page): Promise<string[]> =>
  (await rowsOn(page)).map(({ block, id, state, text }) => `${block} ${id} ${state} ${text}`);
