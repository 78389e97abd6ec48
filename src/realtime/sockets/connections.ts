import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../lib/logger.ts';
import type { WebSocket } from 'ws';
import type { Bounds } from './limits.ts';
import type { Tab } from './sockets.ts';

/** A connection as the engine below socket.io gives it, whatever it has joined. */
type Connection = Tab['conn'];

/** A program that has opened a connection and not brought its token yet. */
const STRANGER = 'nobody yet';
const ownerOf = (userId: number): string => `user ${String(userId)}`;

/** The open websockets of the public server, and what each of them may cost. */
export class Connections {
  readonly #bounds: Bounds;
  readonly #log: Logger;
  readonly #limited: boolean;
  readonly #open = new Map<Connection, WebSocket>();
  readonly #perOwner = new Map<string, number>();
  readonly #owners = new Map<Connection, string>();

  /** @param limited false leaves out the limits on honest load, as benchmarks need it */
  constructor(bounds: Bounds, limited: boolean, log: Logger) {
    this.#bounds = bounds;
    this.#limited = limited;
    this.#log = log;
  }

  hasRoomFor(userId: number): boolean {
    return this.#hasRoom(ownerOf(userId), this.#bounds.tabsPerUser);
  }

  /** Whether another connection may wait to say whose it is. */
  get hasRoomForStrangers(): boolean {
    return this.#hasRoom(STRANGER, this.#bounds.unknownLists);
  }

  /** @param userId null: it has not said yet */
  add(connection: Connection, userId: number | null): void {
    const { websocket } = connection.request as IncomingMessage & { websocket: WebSocket };
    this.#open.set(connection, websocket);
    this.#count(connection, userId === null ? STRANGER : ownerOf(userId));
    // The websocket's own end: the engine says "close" as soon as it has asked the other side to close.
    websocket.once('close', () => {
      this.#open.delete(connection);
      this.#leave(connection);
    });
    this.#cutFlood(connection, websocket);
    this.#cutSlowReader(connection, websocket);
  }

  /** It has said whose it is. @returns false where that person has too many */
  own(connection: Connection, userId: number): boolean {
    if (!this.hasRoomFor(userId)) return false;
    this.#leave(connection);
    this.#count(connection, ownerOf(userId));
    return true;
  }

  /** Ends a connection now, whether or not the other side listens. */
  cut(connection: Connection): void {
    connection.close();
    this.#open.get(connection)?.terminate();
  }

  /** Closes all, so that tabs come back by themselves; those that do not answer are cut after a while. */
  async closeAll(): Promise<void> {
    const closed = [...this.#open.values()].map((websocket) => once(websocket, 'close'));
    for (const connection of this.#open.keys()) connection.close();
    const patience = setTimeout(() => {
      for (const websocket of this.#open.values()) websocket.terminate();
    }, this.#bounds.closingMs);
    await Promise.all(closed);
    clearTimeout(patience);
  }

  #hasRoom(owner: string, most: number): boolean {
    return !this.#limited || (this.#perOwner.get(owner) ?? 0) < most;
  }

  #count(connection: Connection, owner: string): void {
    this.#owners.set(connection, owner);
    this.#perOwner.set(owner, (this.#perOwner.get(owner) ?? 0) + 1);
  }

  #leave(connection: Connection): void {
    const owner = this.#owners.get(connection) ?? STRANGER;
    const left = (this.#perOwner.get(owner) ?? 1) - 1;
    this.#owners.delete(connection);
    if (left > 0) this.#perOwner.set(owner, left);
    else this.#perOwner.delete(owner);
  }

  #cutFlood(connection: Connection, websocket: WebSocket): void {
    if (!this.#limited) return;
    let second = 0;
    let packets = 0;
    const count = (): void => {
      const now = Math.floor(performance.now() / 1000);
      packets = now === second ? packets + 1 : 1;
      second = now;
      if (packets !== this.#bounds.packetsPerSecond + 1) return;
      this.#log.warn({ owner: this.#owners.get(connection) }, 'a tab that sends too much is cut off');
      this.cut(connection);
    };
    connection.on('packet', count);
    // Below the packets, and answered below them too: no browser sends one.
    websocket.on('ping', count);
  }

  /**
   * What waits is in two places: packets that the engine holds back until the websocket has taken the last
   * ones, and bytes that the websocket holds. One packet alone may be large; it is the next that finds it waiting.
   */
  #cutSlowReader(connection: Connection, websocket: WebSocket): void {
    let held = 0;
    connection.on('flush', () => {
      held = 0;
    });
    connection.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
      const waiting = held + websocket.bufferedAmount;
      held += data?.length ?? 0;
      if (waiting <= this.#bounds.unsentBytes) return;
      this.#log.warn({ owner: this.#owners.get(connection), waiting }, 'a tab that does not read is cut off');
      this.cut(connection);
    });
  }
}
