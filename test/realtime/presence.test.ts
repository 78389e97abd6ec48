import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { bounds } from '../../src/realtime/bounds.ts';
import { followPresence } from '../../src/realtime/presence.ts';
import { feedRoom, type Tabs } from '../../src/realtime/tabs.ts';
import { recorder, type Recorder } from '../support/recorder.ts';

describe('how many people are connected', () => {
  const http = createServer();
  const tabs: Tabs = new Server(http, { transports: ['websocket'] });
  let stop: () => void;
  let url: string;
  before(async () => {
    tabs.use((tab, next) => {
      tab.data = { viewer: { id: Number(tab.handshake.auth.user) } as never, sid: 'any' };
      next();
    });
    tabs.on('connection', (tab) => tab.join((tab.handshake.auth.feeds as number[]).map(feedRoom)));
    stop = followPresence(tabs, { ...bounds, presenceMs: 20 });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}`;
  });
  after(async () => {
    stop();
    await tabs.close();
  });

  const open = (user: number, ...feeds: number[]): { counts: Recorder<number>; close(): void } => {
    const socket = io(url, { transports: ['websocket'], forceNew: true, auth: { user, feeds } });
    const counts = recorder<number>();
    socket.on('count_updated', ({ count }: { count: number }) => { counts.add(count); });
    return { counts, close: () => socket.disconnect() };
  };
  const last = (n: number) => (all: number[]): boolean => all.at(-1) === n;

  it('counts people and not tabs, over all the feeds that a tab sees, and only those', async () => {
    const ana = open(1, 11, 30);
    await ana.counts.until(last(1));
    const anaToo = open(1, 11, 30);
    await anaToo.counts.until(last(1));
    const bob = open(2, 12, 30);
    await Promise.all([ana, anaToo, bob].map(({ counts }) => counts.until(last(2))));
    const eve = open(3, 13, 40);
    await eve.counts.until(last(1));
    const carol = open(4, 30, 40);
    await carol.counts.until(last(4));
    await Promise.all([ana, bob].map(({ counts }) => counts.until(last(3))));
    await eve.counts.until(last(2));

    bob.close();
    await Promise.all([ana, anaToo].map(({ counts }) => counts.until(last(2))));
    carol.close();
    await eve.counts.until(last(1));
    anaToo.close();
    await ana.counts.until(last(1));
    assert.deepEqual(ana.counts.all, [1, 2, 3, 2, 1]);
    ana.close();
    eve.close();
  });

  it('tells many comings at once as one number', async () => {
    const first = open(100, 50);
    await first.counts.until(last(1));
    const crowd = Array.from({ length: 40 }, (_, n) => open(n, 50));
    await first.counts.until(last(41));
    await Promise.all(crowd.map(({ counts }) => counts.until(last(41))));
    assert.ok(first.counts.all.length < 20, first.counts.all.join());
    for (const tab of [first, ...crowd]) tab.close();
  });
});
