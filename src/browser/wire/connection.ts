/** The one socket of this tab: websocket only, same origin, and back by itself whatever closed it. */
import { io, type Socket } from 'socket.io-client';
import type { CatchUpAnswer, Positions, ServerToTab, TabToServer, WireFault } from '../../shared/events.ts';

export interface ConnectionListener {
  connected(): void;
  disconnected(): void;
  /** The server no longer knows the session of this tab. */
  refused(): void;
  /** Every message of the wire, also of a name that this page does not know. */
  message(name: string, payload: unknown): void;
}

export interface Connection {
  readonly connected: boolean;
  /** @returns the answer; null where none came in time: the connection is then made anew */
  catchUp(positions: Positions): Promise<CatchUpAnswer | WireFault | null>;
  /** Ends it for good. */
  close(): void;
}

const ANSWER_MS = 8000;
const RETRY_MS = 500;
const RETRY_MAX_MS = 4000;

export function connect(listener: ConnectionListener): Connection {
  // Half of each delay is chance, so that the tabs of a restarted server do not come back all at once.
  const socket: Socket<ServerToTab, TabToServer> = io({
    transports: ['websocket'],
    reconnectionDelay: RETRY_MS,
    reconnectionDelayMax: RETRY_MAX_MS,
    randomizationFactor: 0.5,
  });
  let ended = false;
  let failures = 0;

  socket.on('connect', () => {
    failures = 0;
    listener.connected();
  });
  socket.on('disconnect', (reason) => {
    listener.disconnected();
    // socket.io comes back by itself from everything but a disconnect that the server asked for.
    if (reason === 'io server disconnect') connectLater();
  });
  socket.on('connect_error', () => {
    failures += 1;
    if (failures % 4 === 2) void isSignedOut().then((signedOut) => { if (signedOut && !ended) listener.refused(); });
    if (!socket.active) connectLater();
  });
  socket.onAny((name: string, payload: unknown) => { listener.message(name, payload); });

  function connectLater(): void {
    setTimeout(() => { if (!ended) socket.connect(); }, RETRY_MS * (1 + 2 * Math.random()));
  }

  return {
    get connected() {
      return socket.connected;
    },
    async catchUp(positions) {
      try {
        // With a timeout the library's types lose what the acknowledgement brings.
        return (await socket.timeout(ANSWER_MS).emitWithAck('catch_up', positions)) as CatchUpAnswer | WireFault;
      } catch {
        // Nobody answers on a connection that a sleeping machine left behind.
        if (socket.connected) socket.io.engine.close();
        return null;
      }
    },
    close() {
      ended = true;
      socket.disconnect();
    },
  };
}

/** A refused handshake looks like a broken network: only a request tells the two apart. */
async function isSignedOut(): Promise<boolean> {
  try {
    const response = await fetch('/tasks', { method: 'HEAD', cache: 'no-store' });
    return new URL(response.url).pathname === '/login';
  } catch {
    return false;
  }
}
