import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../lib/logger.ts';
import type { WebSocket } from 'ws';
import type { SocketLimits } from './limits.ts';
import type { Tab } from './sockets.ts';

/** A connection of the engine below socket.io, whichever namespace it has joined. */
type Connection = Tab['conn'];

/** A packet of engine.io that says nothing. */
const NOOP = '6';
/** Connections take turns within a pulse, so that a thousand tabs do not hold up the process at once. */
const TURNS = 20;

/** Who a connection counts for: a person, or the network of a client that has not sent its token yet. */
type Owner = { userId: number } | { network: string };
const keyOf = (owner: Owner): string =>
  'userId' in owner ? `user ${String(owner.userId)}` : `network ${owner.network}`;

/** The open websockets of the public server, with the limits on each. */
export class Connections {
  readonly #limits: SocketLimits;
  readonly #log: Logger;
  readonly #limited: boolean;
  readonly #open = new Map<Connection, WebSocket>();
  readonly #perOwner = new Map<string, number>();
  readonly #owners = new Map<Connection, string>();
  readonly #unauthenticated = new Set<Connection>();
  readonly #turns = Array.from({ length: TURNS }, () => new Set<WebSocket>());
  #turn = 0;
  #pulse: NodeJS.Timeout | undefined;

  /** @param limited false turns off the limits that legitimate load can reach, for benchmarks */
  constructor(limits: SocketLimits, limited: boolean, log: Logger) {
    this.#limits = limits;
    this.#limited = limited;
    this.#log = log;
  }

  hasRoomFor(userId: number): boolean {
    return this.#hasRoom({ userId }, this.#limits.tabsPerUser);
  }

  /** Whether another unauthenticated connection may be opened from this network. */
  hasRoomForUnauthenticated(network: string): boolean {
    const { unauthenticatedConnections, unauthenticatedPerNetwork } = this.#limits;
    return (
      !this.#limited ||
      (this.#unauthenticated.size < unauthenticatedConnections && this.#hasRoom({ network }, unauthenticatedPerNetwork))
    );
  }

  add(connection: Connection, owner: Owner): void {
    const { websocket } = connection.request as IncomingMessage & { websocket: WebSocket };
    this.#open.set(connection, websocket);
    if ('userId' in owner) this.#keepHearing(websocket);
    else this.#unauthenticated.add(connection);
    this.#count(connection, owner);
    // The websocket's own event: the engine emits "close" as soon as it has asked the other side to close.
    websocket.once('close', () => {
      this.#open.delete(connection);
      this.#uncount(connection);
    });
    this.#limitRate(connection, websocket);
    this.#limitBacklog(connection, websocket);
  }

  /** Assigns an authenticated connection to its user. @returns false if the user has too many */
  authenticate(connection: Connection, userId: number): boolean {
    if (!this.hasRoomFor(userId)) return false;
    this.#uncount(connection);
    this.#count(connection, { userId });
    return true;
  }

  /** Closes a connection at once, whether or not the other side responds. */
  terminate(connection: Connection): void {
    connection.close();
    this.#open.get(connection)?.terminate();
  }

  /** Closes all connections, so that tabs reconnect by themselves; terminates those that do not answer in time. */
  async closeAll(): Promise<void> {
    const closed = [...this.#open.values()].map((websocket) => once(websocket, 'close'));
    for (const connection of this.#open.keys()) connection.close();
    const timeout = setTimeout(() => {
      for (const websocket of this.#open.values()) websocket.terminate();
    }, this.#limits.closingMs);
    await Promise.all(closed);
    clearTimeout(timeout);
  }

  /**
   * Tabs of our pages notice within three seconds that the line is dead without having closed. One way only: the
   * answers to a ping would cost as much again. A thousand tabs take 1 to 2 % of a core.
   */
  #keepHearing(websocket: WebSocket): void {
    const turn = this.#turns.reduce((least, each) => (each.size < least.size ? each : least));
    turn.add(websocket);
    websocket.once('close', () => turn.delete(websocket));
    this.#pulse ??= setInterval(() => {
      this.#turn = (this.#turn + 1) % TURNS;
      for (const each of this.#turns[this.#turn] ?? []) each.send(NOOP);
      if (this.#open.size > 0) return;
      clearInterval(this.#pulse);
      this.#pulse = undefined;
    }, this.#limits.pulseMs / TURNS).unref();
  }

  #hasRoom(owner: Owner, most: number): boolean {
    return !this.#limited || (this.#perOwner.get(keyOf(owner)) ?? 0) < most;
  }

  #count(connection: Connection, owner: Owner): void {
    const key = keyOf(owner);
    this.#owners.set(connection, key);
    this.#perOwner.set(key, (this.#perOwner.get(key) ?? 0) + 1);
  }

  #uncount(connection: Connection): void {
    const key = this.#owners.get(connection);
    if (key === undefined) return;
    const left = (this.#perOwner.get(key) ?? 1) - 1;
    this.#owners.delete(connection);
    this.#unauthenticated.delete(connection);
    if (left > 0) this.#perOwner.set(key, left);
    else this.#perOwner.delete(key);
  }

  #limitRate(connection: Connection, websocket: WebSocket): void {
    if (!this.#limited) return;
    const { packetsPerSecond, bytesPerSecond } = this.#limits;
    let [second, packets, bytes] = [0, 0, 0];
    let isOver = false;
    const count = (length: number): void => {
      const now = Math.floor(performance.now() / 1000);
      if (now !== second) [second, packets, bytes] = [now, 0, 0];
      packets += 1;
      bytes += length;
      if (isOver || (packets <= packetsPerSecond && bytes <= bytesPerSecond)) return;
      isOver = true;
      this.#log.warn(
        { owner: this.#owners.get(connection), packets, bytes },
        'packet rate limit exceeded, connection terminated',
      );
      this.terminate(connection);
    };
    connection.on('packet', ({ data }: { data?: string | Buffer }) => {
      count(data?.length ?? 0);
    });
    // Pings bypass the engine's packets but are answered too; browsers send none.
    websocket.on('ping', (data: Buffer) => {
      count(data.length);
    });
  }

  /**
   * Unsent data is in two places: packets that the engine queues until the websocket has taken the previous ones, and
   * bytes in the websocket's buffer. A single packet may be large; the next one finds it waiting.
   */
  #limitBacklog(connection: Connection, websocket: WebSocket): void {
    let queued = 0;
    connection.on('flush', () => {
      queued = 0;
    });
    connection.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
      const waiting = queued + websocket.bufferedAmount;
      queued += data?.length ?? 0;
      if (waiting <= this.#limits.unsentBytes) return;
      this.#log.warn(
        { owner: this.#owners.get(connection), waiting },
        'send buffer limit exceeded, connection terminated',
      );
      this.terminate(connection);
    });
  }
}
