import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Task } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { openRawTab } from '../support/raw-tab.ts';
import { openTab, type Tab } from '../support/socket.ts';
import { createWorld, type World } from '../support/world.ts';
import { listPositions } from '../../src/models/list/queries.ts';

const deep = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('malformed messages', () => {
  let app: TestApp;
  let world: World;
  let witness: Tab;
  before(async () => {
    app = await startApp();
    world = await createWorld(app);
    witness = await openTab(world.bob);
  });
  after(async () => {
    witness.close();
    await app.close();
  });

  const assertStillDelivering = async (): Promise<void> => {
    const task = await Task.create({
      listId: world.bob.list.id,
      userId: world.bob.user.id,
      description: 'Still there',
    });
    await witness.waitFor('new_task', ({ id }) => id === task.id);
  };

  it('A13: get an error response if positions have the wrong shape', async () => {
    const { epoch, version } = (await listPositions([world.ana.list.id]))[world.ana.list.id]!;
    const wrong: unknown[] = [
      null,
      undefined,
      7,
      'x',
      true,
      [],
      [{ epoch, version }],
      deep(1000),
      Buffer.from('x'),
      { x: { epoch, version } },
      { '-1': { epoch, version } },
      { '1.5': { epoch, version } },
      { '01': { epoch, version } },
      { 1e21: { epoch, version } },
      { 2147483648: { epoch, version } },
      { 1: null },
      { 1: version },
      { 1: { epoch } },
      { 1: { version } },
      { 1: { epoch, version: -1 } },
      { 1: { epoch, version: 1e99 } },
      { 1: { epoch, version: 'abc' } },
      { 1: { epoch, version: 1.5 } },
      { 1: { epoch, version: '1' } },
      { 1: { epoch: 7, version } },
      { 1: { epoch: 'x'.repeat(65), version } },
      { 1: { epoch, version, more: true } },
      { constructor: { epoch, version } },
      Object.fromEntries(Array.from({ length: 201 }, (_, n) => [n + 1, { epoch, version }])),
    ];
    for (const positions of wrong) {
      const tab = await openTab(world.ana);
      assert.deepEqual(
        await tab.ask('catch_up', positions),
        { error: 'invalid' },
        JSON.stringify(positions)?.slice(0, 80),
      );
      tab.close();
    }
    const tab = await openTab(world.ana);
    assert.deepEqual(await tab.ask('catch_up', {}, {}), { error: 'invalid' });
    assert.deepEqual(await tab.ask('catch_up'), { error: 'invalid' });
    tab.close();
    await assertStillDelivering();
  });

  it('A13: do not crash the process, whatever the packet', async () => {
    const packets = [
      // engine.io: unknown types, a ping in the wrong direction, an empty packet
      '',
      '9',
      '2',
      '2probe',
      '5',
      '6',
      '4',
      'x',
      'b',
      'bAAAA',
      '4x',
      '49',
      '3',
      Buffer.from([1, 2, 3]),
      Buffer.alloc(0),
      // socket.io: invalid payloads, reserved names, unsolicited acknowledgements, missing binary attachments
      '42',
      '42null',
      '42[]',
      '42{}',
      '42[null]',
      '42[7]',
      '42[7,{}]',
      '42[{}]',
      '42[["catch_up"]]',
      '42["catch_up"]',
      '42["catch_up",{}]',
      '42["catch_up",null,null]',
      '421["catch_up"]',
      '421["catch_up",null,7]',
      '42["disconnect"]',
      '42["connect"]',
      '42["connect_error"]',
      '42["disconnecting"]',
      '42["newListener"]',
      '42["removeListener"]',
      '42["error"]',
      '42["error",{"message":"x"}]',
      '42["__proto__",{}]',
      '42["constructor",{}]',
      '421["catch_up",{"__proto__":{"polluted":true}}]',
      '421["catch_up",{"constructor":{"prototype":{"polluted":true}}}]',
      '42["unknown",{}]',
      `421["catch_up",${'['.repeat(5000)}${']'.repeat(5000)}]`,
      '43',
      '431',
      '431[]',
      '431["x"]',
      '43null',
      '44',
      '44{"message":"x"}',
      '44"x"',
      '451-["catch_up",{"_placeholder":true,"num":0}]',
      '451-["x",{"_placeholder":true,"num":9}]',
      '4599-["x"]',
      '45-["x"]',
      '461-1[]',
      '40',
      '40null',
      '40[]',
      '40{}',
      '40/wire,',
      '40/wire,{}',
      '40/,',
      '41',
      '41/wire,',
      `40${'/x'.repeat(1000)},`,
      '42/wire,["new_task",{}]',
      '40{"pid":"x","offset":"y"}',
    ];
    for (const packet of packets) {
      const raw = await openRawTab(world.ana);
      raw.send(packet);
      raw.send('421["catch_up",{}]');
      await raw.answered();
      raw.terminate();
    }
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    await assertStillDelivering();
  });

  it('A14: disconnect the tab at the third', async () => {
    const tooMany = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [n, 0]));
    const nonsense: Record<string, Parameters<Tab['say']>> = {
      'a catch-up of something else': ['catch_up', 7, () => undefined],
      'a catch-up without an acknowledgement': ['catch_up', {}],
      'a catch-up with more lists than there are': ['catch_up', tooMany, () => undefined],
      'an unknown event': ['unknown', {}, () => undefined],
    };
    for (const [name, packet] of Object.entries(nonsense)) {
      const tab = await openTab(world.ana);
      for (let n = 1; n < 3; n += 1) tab.say(...packet);
      assert.deepEqual(await tab.catchUp({}), {}, `${name}: two are forgiven`);
      tab.say(...packet);
      await tab.ends.until((ends) => ends.length === 1);
    }
    await assertStillDelivering();
  });

  it('A14: disconnect a tab that sends more bytes in a second than any page', async () => {
    const tab = await openRawTab(world.ana);
    const packet = `431["${'x'.repeat(16_000)}"]`;
    for (let n = 0; n < 12; n += 1) tab.send(packet);
    await tab.closed();
    await assertStillDelivering();
  });

  it('join a connection only once, however often requested', async () => {
    const raw = await openRawTab(world.ana);
    for (let n = 0; n < 20; n += 1) raw.send('40');
    raw.send('421["catch_up",{}]');
    await raw.answered();
    raw.terminate();
    await assertStillDelivering();
  });
});
