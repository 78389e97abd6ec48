import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { defaultLimits } from '../../src/realtime/sockets/limits.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertCheap } from '../support/cost.ts';
import { openRawTab, type RawTab } from '../support/raw-tab.ts';
import { createWorld, type World } from '../support/world.ts';
import { jsonShapes } from './shapes.ts';

const BYTES = defaultLimits.packetBytes - 100;

suite('A45: a socket packet, with the worst input that fits', () => {
  let app: TestApp;
  let world: World;
  before(async () => {
    app = await startApp({});
    world = await createWorld(app);
  });
  after(() => app.close());

  /** Packets that a tab may send, with an input in each place. */
  const packets: Record<string, (input: string) => string> = {
    'a catch-up': (input) => `421["catch_up",${input}]`,
    'a catch-up with several arguments': (input) => `421["catch_up",{},${input}]`,
    'an event that nobody knows': (input) => `421["unknown",${input}]`,
    'an event without a name': (input) => `42[${input}]`,
    'an acknowledgement': (input) => `431[${input}]`,
    'a second handshake': (input) => `40${input}`,
    'a handshake of another namespace': (input) => `40/other,${input}`,
  };
  const positions = Array.from({ length: 300 }, (_, n) => String(n + 1));

  for (const [name, packet] of Object.entries(packets))
    test(`as ${name} is answered or cut soon, however often it comes`, async () => {
      const fields = name === 'a catch-up' ? positions : ['1'];
      const shapes = Array.from(jsonShapes(BYTES, fields)).filter(([, text]) => Buffer.byteLength(text) < BYTES);
      assert.ok(shapes.length > 20);
      for (const [shape, input] of shapes) {
        const tab = await openRawTab(world.ana);
        await assertCheap(`${name}: ${shape}`, () => flood(tab, packet(input)));
        const answers = tab.received.all.filter((text) => text.startsWith('431'));
        assert.ok(
          answers.every((text) => text === '431[{"error":"invalid"}]'),
          answers[0]?.slice(0, 100),
        );
      }
    });

  /** As many as a tab may send in a second; resolves when it is cut. */
  async function flood(tab: RawTab, packet: string): Promise<void> {
    for (let n = 0; n < defaultLimits.packetsPerSecond; n += 1) tab.send(packet);
    await tab.closed();
  }
});
