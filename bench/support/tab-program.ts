/**
 * Lightweight tabs: raw websockets with a minimal engine.io and socket.io client, in a process controlled over IPC.
 * Our server and plain `ws` are measured with the same program, so that the clients cost the same.
 */
import WebSocket from 'ws';
import type { Positions } from '../../src/shared/events.ts';
import { now } from './clock.ts';

/** The owner of a tab, and the positions its page was rendered with. */
export interface Visitor {
  cookie: string;
  positions: Positions;
}

export type Command =
  /** Opens `count` more, `concurrency` at a time, for these visitors in rotation; plain websockets without visitors. Replies with Opened. */
  | { type: 'open'; group: string; url: string; visitors: Visitor[]; count: number; concurrency: number }
  /** Starts waiting for the next event. */
  | { type: 'listen'; group: string }
  /** Replies with Received when every tab of the group has the event. */
  | { type: 'await_event'; group: string }
  | { type: 'close'; group: string };

/** Times are by the clock shared by all processes. */
export interface Opened {
  startedAt: number;
  readyAt: number;
}
export interface Received {
  first: number;
  last: number;
  /** The raw packet. */
  packet: string;
}

const EVENT = Buffer.from('42["new_task"');
const [OPEN, PING, MESSAGE] = [0x30, 0x32, 0x34];
const [CONNECTED, CONNECT_ERROR, ACK] = [0x30, 0x34, 0x33];

class Tabs {
  readonly #open = new Set<WebSocket>();
  #pending = 0;
  #first = 0;
  #settle: { resolve(received: Received): void; reject(error: Error): void } | null = null;
  #received: Promise<Received> = Promise.reject(new Error('listen() was not called'));

  constructor() {
    this.#received.catch(() => undefined);
  }

  async open({ url, visitors, count, concurrency }: Command & { type: 'open' }): Promise<Opened> {
    let next = 0;
    const startedAt = now();
    const openRemaining = async (): Promise<void> => {
      while (next < count) await this.#openOne(url, visitors[next++ % visitors.length]);
    };
    await Promise.all(Array.from({ length: concurrency }, openRemaining));
    return { startedAt, readyAt: now() };
  }

  listen(): void {
    this.#pending = this.#open.size;
    this.#received = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#received.catch(() => undefined);
  }

  received(): Promise<Received> {
    return this.#received;
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
      const ready = (): void => {
        this.#open.add(tab);
        resolve();
      };
      const fail = (error: Error): void => {
        reject(error);
        if (this.#open.has(tab)) this.#settle?.reject(error);
      };
      if (!visitor) tab.once('open', ready);
      tab.on('message', (data: Buffer) => {
        if (data[0] === MESSAGE && EVENT.compare(data, 0, EVENT.length) === 0) this.#onEvent(data);
        else if (visitor) handlePacket(tab, visitor, data, { ready, fail });
      });
      tab.on('error', (error) => {
        fail(explainError(error));
      });
      tab.on('close', (code) => {
        fail(new Error(`a tab was closed with code ${String(code)}`));
      });
    });
  }

  #onEvent(data: Buffer): void {
    if (this.#pending === this.#open.size) this.#first = now();
    this.#pending -= 1;
    if (this.#pending === 0) this.#settle?.resolve({ first: this.#first, last: now(), packet: data.toString() });
  }
}

/** Does what a page does: connects, catches up, and replies to pings. */
function handlePacket(
  tab: WebSocket,
  { positions }: Visitor,
  data: Buffer,
  on: { ready(): void; fail(error: Error): void },
): void {
  if (data[0] === PING) tab.send('3');
  else if (data[0] === OPEN) tab.send('40');
  else if (data[1] === CONNECTED) tab.send(`420["catch_up",${JSON.stringify(positions)}]`);
  else if (data[1] === CONNECT_ERROR) on.fail(new Error(`a tab could not connect: ${data.toString()}`));
  else if (data[1] !== ACK) return;
  else if (data.includes('"version"') && !data.includes('"reset"')) on.ready();
  else on.fail(new Error(`a tab could not catch up: ${data.toString()}`));
}

function explainError(error: Error & { code?: string }): Error {
  if (error.code === 'EMFILE') return new Error('too many connections for one process: raise `ulimit -n`');
  if (error.code === 'EADDRNOTAVAIL')
    return new Error('no port is left for another connection: widen net.ipv4.ip_local_port_range, or wait a minute');
  return error;
}

const groups = new Map<string, Tabs>();

async function execute(command: Command): Promise<Opened | Received | undefined> {
  const tabs = groups.get(command.group) ?? new Tabs();
  groups.set(command.group, tabs);
  switch (command.type) {
    case 'open':
      return tabs.open(command);
    case 'await_event':
      return tabs.received();
    case 'close':
      await tabs.close();
      return undefined;
    case 'listen':
      tabs.listen();
      return undefined;
  }
}

process.on('message', ({ id, command }: { id: number; command: Command }) => {
  execute(command).then(
    (result) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
