import type { Page } from 'playwright-core';
import { live, pointAside, type Stage } from './browser.ts';
import type { Person } from './world.ts';

export interface WiredPage {
  page: Page;
  wire: {
    /** Number of connections so far. */
    connections: number;
    /** Sends a raw message to the tab. */
    toTab(message: string): void;
    cut(): void;
    /** Called for each message to the tab; return true to drop it. */
    lose(message: string): boolean;
  };
}

/** Opens a live tab whose websocket is controlled by the test. */
export async function openWiredPage(stage: Stage, person: Person): Promise<WiredPage> {
  const page = await (await stage.window(person)).newPage();
  const wire: WiredPage['wire'] = { connections: 0, toTab: () => undefined, cut: () => undefined, lose: () => false };
  await page.routeWebSocket(/socket\.io/, (tab) => {
    wire.connections += 1;
    wire.toTab = (message) => {
      tab.send(message);
    };
    wire.cut = () => {
      void tab.close();
    };
    tab.connectToServer().onMessage((message) => {
      if (!wire.lose(String(message))) tab.send(message);
    });
  });
  await page.goto('/tasks');
  await live(page);
  await pointAside(page);
  return { page, wire };
}
