import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ListPositions } from '../../../src/browser/sync/positions.ts';
import type { ListEvent } from '../../../src/shared/events.ts';

describe("A page's positions", () => {
  it('advance by one with each live event', () => {
    const positions = new ListPositions({ 1: at(7) });
    assert.deepEqual(versionsOf(positions.receive(event(8)).apply), [8]);
    assert.deepEqual(versionsOf(positions.receive(event(9)).apply), [9]);
    assert.deepEqual(positions.current, { 1: at(9) });
    assert.equal(positions.behind, false);
  });

  it('skip an event that the page already shows', () => {
    const positions = new ListPositions({ 1: at(7) });
    assert.deepEqual(positions.receive(event(7)), { apply: [], reset: false });
    assert.equal(positions.behind, false);
  });

  it('do not skip a gap: a catch-up brings what is missing and what came after it', () => {
    const positions = new ListPositions({ 1: at(7) });
    assert.deepEqual(positions.receive(event(9)).apply, []);
    assert.equal(positions.behind, true);
    assert.deepEqual(positions.ask(), { 1: at(7) });
    const step = positions.answer({ 1: { ...at(9), events: [event(8), event(9)] } });
    assert.deepEqual(versionsOf(step.apply), [8, 9]);
    assert.equal(positions.behind, false);
  });

  it('hold live events during a catch-up, and apply each once', () => {
    const positions = new ListPositions({ 1: at(7) });
    positions.ask();
    for (const version of [8, 9, 10]) assert.deepEqual(positions.receive(event(version)).apply, []);
    const step = positions.answer({ 1: { ...at(9), events: [event(8), event(9)] } });
    assert.deepEqual(versionsOf(step.apply), [8, 9, 10]);
    assert.deepEqual(positions.current, { 1: at(10) });
  });

  it('ask again if the held events leave a gap', () => {
    const positions = new ListPositions({ 1: at(7) });
    positions.ask();
    positions.receive(event(10));
    assert.deepEqual(positions.answer({ 1: { ...at(8), events: [event(8)] } }), { apply: [event(8)], reset: false });
    assert.equal(positions.behind, true);
    assert.deepEqual(positions.ask(), { 1: at(8) });
  });

  it('drop held events when no answer comes, because the next catch-up brings them', () => {
    const positions = new ListPositions({ 1: at(7) });
    positions.ask();
    positions.receive(event(8));
    positions.failed();
    positions.ask();
    assert.deepEqual(versionsOf(positions.answer({ 1: { ...at(8), events: [event(8)] } }).apply), [8]);
  });

  it('notice from list_versions that the last event was lost', () => {
    const positions = new ListPositions({ 1: at(7), 2: at(3) });
    positions.versions({ 1: at(7), 2: at(3) });
    assert.equal(positions.behind, false);
    positions.versions({ 1: at(8), 2: at(3) });
    assert.equal(positions.behind, true);
  });

  it('do not ask again for events that were held and then applied', () => {
    const positions = new ListPositions({ 1: at(7) });
    positions.ask();
    positions.versions({ 1: at(9) });
    positions.receive(event(9));
    positions.answer({ 1: { ...at(8), events: [event(8)] } });
    assert.deepEqual(positions.current, { 1: at(9) });
    assert.equal(positions.behind, false);
  });

  it('reload if the log does not reach back, and then wait for the fresh page', () => {
    const positions = new ListPositions({ 1: at(7) });
    positions.ask();
    assert.deepEqual(positions.answer({ 1: { ...at(900), reset: true } }), { apply: [], reset: true });
    assert.deepEqual(positions.receive(event(901)), { apply: [], reset: false });
    assert.equal(positions.behind, false);
  });

  it('request a fresh page only once while it is in flight', () => {
    const positions = new ListPositions({ 1: at(7) });
    positions.ask();
    positions.answer({ 1: { ...at(900), reset: true } });
    assert.equal(positions.stale, true);
    positions.ask();
    assert.deepEqual(positions.answer({ 1: { ...at(901), reset: true } }), { apply: [], reset: false });
    assert.deepEqual(positions.current, { 1: at(7) });
  });

  it('reload if the epoch differs', () => {
    const positions = new ListPositions({ 1: at(7) });
    positions.receive(event(8, 'another'));
    assert.equal(positions.behind, true);
    positions.ask();
    assert.equal(positions.answer({ 1: { ...at(8, 'another'), events: [event(8, 'another')] } }).reset, true);
  });

  it('reload if a list is no longer visible', () => {
    const positions = new ListPositions({ 1: at(7), 2: at(3) });
    positions.ask();
    assert.equal(positions.answer({ 1: { ...at(7), events: [] } }).reset, true);
  });

  it('reload rather than apply an answer with a gap', () => {
    const positions = new ListPositions({ 1: at(7) });
    positions.ask();
    assert.equal(positions.answer({ 1: { ...at(9), events: [event(9)] } }).reset, true);
  });

  it('reload once for an unknown list, even if the fresh page does not know it either', () => {
    const unknownLists = new Set<string>();
    assert.equal(new ListPositions({ 1: at(7) }, unknownLists).receive(event(4, 'e', 2)).reset, true);
    const fresh = new ListPositions({ 1: at(7) }, unknownLists);
    assert.equal(fresh.receive(event(5, 'e', 2)).reset, false);
    assert.equal(fresh.versions({ 2: at(5) }).reset, false);
  });

  it('are independent per list', () => {
    const positions = new ListPositions({ 1: at(7), 2: at(3) });
    positions.receive(event(9, 'e', 1));
    assert.deepEqual(versionsOf(positions.receive(event(4, 'e', 2)).apply), [4]);
    positions.ask();
    const step = positions.answer({ 1: { ...at(9), events: [event(8), event(9)] }, 2: { ...at(4), events: [] } });
    assert.deepEqual(versionsOf(step.apply), [8, 9]);
    assert.deepEqual(positions.current, { 1: at(9), 2: at(4) });
  });

  it('apply every event once and in order, whatever is lost, duplicated or delayed', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const chance = randomFrom(seed);
      const positions = new ListPositions({ 1: at(0) });
      const shown: number[] = [];
      const see = (step: { apply: ListEvent[] }): void => {
        shown.push(...versionsOf(step.apply));
      };
      const log: ListEvent[] = [];
      const onTheWay: ListEvent[] = [];
      let asked: number | null = null;
      const tick = (): void => {
        if (asked === null && positions.behind) asked = positions.ask()[1]?.version ?? 0;
        else if (asked !== null && chance() < 0.3) {
          if (chance() < 0.3) positions.failed();
          else see(positions.answer({ 1: { ...at(log.length), events: log.slice(asked) } }));
          asked = null;
        }
      };
      for (let version = 1; version <= 40; version += 1) {
        log.push(event(version));
        if (chance() < 0.8) onTheWay.push(event(version));
        if (chance() < 0.2) onTheWay.push(event(version));
        while (chance() < 0.5 && onTheWay.length > 0)
          see(positions.receive(onTheWay.splice(chance() < 0.2 ? onTheWay.length - 1 : 0, 1)[0]!));
        tick();
      }
      if (asked !== null) positions.failed();
      positions.ask();
      see(positions.answer({ 1: { ...at(log.length), events: log.slice(positions.current[1]?.version) } }));
      assert.deepEqual(
        shown,
        log.map(({ payload }) => payload.list.version),
        `seed ${String(seed)}`,
      );
    }
  });
});

const at = (version: number, epoch = 'e') => ({ epoch, version });
const versionsOf = (events: ListEvent[]): number[] => events.map(({ payload }) => payload.list.version);

function event(version: number, epoch = 'e', id = 1): ListEvent {
  return {
    name: 'task_updated',
    payload: { id: 5, revision: version, gone: true, list: { id, epoch, version }, actor: null },
  };
}

/** The same chances on every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
