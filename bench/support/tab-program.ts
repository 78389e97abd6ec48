/**
 * Tabs at the least cost: websockets that speak engine.io and socket.io by hand, in a process of their own that is
 * told over IPC what to do. The same program visits ours and plain `ws`, so that the visitors cost both the same.
 */
import WebSocket from 'ws';
import type { Positions } from '../../src/shared/events.ts';
import { now } from './clock.ts';

/** Whose tab it is, and what its page has shown. */
export interface Visitor {
  cookie: string;
  positions: Positions;
}

export type Order =
  /** Opens `count` more, `atOnce` at a time, of these visitors in turn; without visitors plain websockets. Answers with Opened. */
  | { do: 'open'; group: string; url: string; visitors: Visitor[]; count: number; atOnce: number }
  /** From here on the next event counts, which `heard` waits for. */
  | { do: 'listen'; group: string }
  /** Answers with Heard when each tab of the group has received the event. */
  | { do: 'heard'; group: string }
  | { do: 'close'; group: string };

/** By the clock that all processes of this machine share, in milliseconds. */
export interface Opened {
  began: number;
  current: number;
}
export interface Heard {
  first: number;
  last: number;
  /** The packet as it came. */
  packet: string;
}

const EVENT = Buffer.from('42["new_task"');
const [OPEN, PING, MESSAGE] = [0x30, 0x32, 0x34];
const [CONNECTED, REFUSED, ANSWER] = [0x30, 0x34, 0x33];

class Tabs {
  readonly #open = new Set<WebSocket>();
  #left = 0;
  #first = 0;
  #settle: { resolve(heard: Heard): void; reject(error: Error): void } | null = null;
  #heard: Promise<Heard> = Promise.reject(new Error('nothing was listened for'));

  constructor() {
    this.#heard.catch(() => undefined);
  }

  async open({ url, visitors, count, atOnce }: Order & { do: 'open' }): Promise<Opened> {
    let next = 0;
    const began = now();
    const withJobLock = async (): Promise<void> => {
      while (next < count) await this.#openOne(url, visitors[next++ % visitors.length]);
    };
    await Promise.all(Array.from({ length: atOnce }, withJobLock));
    return { began, current: now() };
  }

  listen(): void {
    this.#left = this.#open.size;
    this.#heard = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#heard.catch(() => undefined);
  }

  heard(): Promise<Heard> {
    return this.#heard;
  }

  async close(): Promise<void> {
    const tabs = [...this.#open];
    this.#open.clear();
    await Promise.all(
      tabs.map(
        (tab) =>
          new Promise((resolve) => {
            tab.once('close', resolve).close();
          }),
      ),
    );
  }

  #openOne(url: string, visitor: Visitor | undefined): Promise<void> {
    const address = url.replace(/^http/, 'ws') + (visitor ? '/socket.io/?EIO=4&transport=websocket' : '/');
    const tab = new WebSocket(address, {
      perMessageDeflate: false,
      headers: { origin: url, cookie: visitor?.cookie ?? '' },
    });
    return new Promise((resolve, reject) => {
      const current = (): void => {
        this.#open.add(tab);
        resolve();
      };
      const fail = (error: Error): void => {
        reject(error);
        if (this.#open.has(tab)) this.#settle?.reject(error);
      };
      if (!visitor) tab.once('open', current);
      tab.on('message', (data: Buffer) => {
        if (data[0] === MESSAGE && EVENT.compare(data, 0, EVENT.length) === 0) this.#hear(data);
        else if (visitor) speak(tab, visitor, data, { current, fail });
      });
      tab.on('error', (error) => {
        fail(withRemedy(error));
      });
      tab.on('close', (code) => {
        fail(new Error(`a tab was closed with ${String(code)}`));
      });
    });
  }

  #hear(data: Buffer): void {
    if (this.#left === this.#open.size) this.#first = now();
    this.#left -= 1;
    if (this.#left === 0) this.#settle?.resolve({ first: this.#first, last: now(), packet: data.toString() });
  }
}

/** What a page does: connects, asks for what it has missed, and answers pings. */
function speak(
  tab: WebSocket,
  { positions }: Visitor,
  data: Buffer,
  on: { current(): void; fail(error: Error): void },
): void {
  if (data[0] === PING) tab.send('3');
  else if (data[0] === OPEN) tab.send('40');
  else if (data[1] === CONNECTED) tab.send(`420["catch_up",${JSON.stringify(positions)}]`);
  else if (data[1] === REFUSED) on.fail(new Error(`a tab was refused: ${data.toString()}`));
  else if (data[1] !== ANSWER) return;
  else if (data.includes('"version"') && !data.includes('"reset"')) on.current();
  else on.fail(new Error(`a tab could not catch up: ${data.toString()}`));
}

function withRemedy(error: Error & { code?: string }): Error {
  if (error.code === 'EMFILE') return new Error('too many connections for one process: raise `ulimit -n`');
  if (error.code === 'EADDRNOTAVAIL')
    return new Error('no port is left for another connection: widen net.ipv4.ip_local_port_range, or wait a minute');
  return error;
}

const groups = new Map<string, Tabs>();

async function follow(order: Order): Promise<Opened | Heard | undefined> {
  const tabs = groups.get(order.group) ?? new Tabs();
  groups.set(order.group, tabs);
  switch (order.do) {
    case 'open':
      return tabs.open(order);
    case 'heard':
      return tabs.heard();
    case 'close':
      await tabs.close();
      return undefined;
    case 'listen':
      tabs.listen();
      return undefined;
  }
}

process.on('message', ({ id, order }: { id: number; order: Order }) => {
  follow(order).then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
