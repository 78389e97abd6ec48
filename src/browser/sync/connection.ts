/**
 * The one socket of this tab: websocket only, same origin, and back by itself whatever closed it. Where no
 * websocket opens or lasts (a proxy in the way), the tab asks over plain HTTP and goes on trying.
 */
import { io, type Socket } from 'socket.io-client';
import type { CatchUpAnswer, Positions, ServerToTab, TabToServer, ConnectionError } from '../../shared/events.ts';
import { catchUpOverHttp } from './http.ts';
import { connectPause, pollPause, wishedPause } from './backoff.ts';

export interface ConnectionListener {
  /** It is time to ask for what was missed. */
  due(): void;
  disconnected(): void;
  /** The server no longer knows the session of this tab. */
  refused(): void;
  /** Every message of the wire, also of a name that this page does not know. */
  message(name: string, payload: unknown): void;
}

export interface Connection {
  readonly connected: boolean;
  /** How the server is reached: by the socket, by asking over HTTP now and then, or not now. */
  readonly reach: 'live' | 'polling' | 'reconnecting';
  /** Whether to ask now at all. */
  readonly mayAsk: boolean;
  /** @returns the answer; null where none came in time: a connection is then made anew */
  catchUp(positions: Positions): Promise<CatchUpAnswer | ConnectionError | null>;
  /** Ends it for good. */
  close(): void;
}

const ANSWER_MS = 8000;
/** A websocket that does not last so long has not opened. */
const LASTING_MS = 3000;
/** Websockets that do not open before the tab asks over HTTP. */
const TRIES = 3;

export function connect(listener: ConnectionListener): Connection {
  const socket: Socket<ServerToTab, TabToServer> = io({
    transports: ['websocket'],
    reconnection: false,
    timeout: ANSWER_MS,
  });
  let ended = false;
  let lasted = false;
  let failures = 0;
  let polling = false;
  let misses = 0;
  let reconnectWithinMs = 0;
  let notBefore = 0;
  let again: Timer;
  let proof: Timer;
  let poll: Timer;

  socket.on('connect', () => {
    clearTimeout(poll);
    poll = undefined;
    proof = setTimeout(() => {
      lasted = true;
      failures = 0;
      if (!polling) return;
      polling = false;
      listener.due();
    }, LASTING_MS);
    listener.due();
  });
  socket.on('disconnect', () => {
    if (ended) return;
    listener.disconnected();
    end(lasted);
  });
  socket.on('connect_error', () => {
    end(false);
  });
  socket.onAny((name: string, payload: unknown) => {
    if (name === 'server_restarting') reconnectWithinMs = (payload as { withinMs: number }).withinMs;
    else listener.message(name, payload);
  });
  addEventListener('online', connectNow);

  function end(opened: boolean): void {
    // One end may be told twice.
    if (again || ended) return;
    clearTimeout(proof);
    lasted = false;
    if (!opened) failures += 1;
    again = setTimeout(open, reconnectWithinMs * Math.random() || connectPause(failures, polling));
    reconnectWithinMs = 0;
    if (!opened && !poll) pollIn(0);
  }

  function open(): void {
    again = undefined;
    socket.connect();
  }

  function connectNow(): void {
    if (!again) return;
    clearTimeout(again);
    open();
    listener.due();
  }

  function pollIn(pause: number): void {
    clearTimeout(poll);
    poll = setTimeout(() => {
      poll = undefined;
      listener.due();
    }, pause);
  }

  async function ask(positions: Positions): Promise<CatchUpAnswer | null> {
    const { answer, signedOut, retryAfter } = await catchUpOverHttp(positions, ANSWER_MS);
    if (ended) return null;
    if (signedOut) listener.refused();
    misses = answer ? 0 : misses + 1;
    polling = answer !== null && failures >= TRIES;
    notBefore = performance.now() + wishedPause(retryAfter);
    if (!socket.connected) pollIn(pollPause(misses, retryAfter));
    return answer;
  }

  return {
    get connected() {
      return socket.connected;
    },
    get reach() {
      return polling ? 'polling' : socket.connected ? 'live' : 'reconnecting';
    },
    get mayAsk() {
      // Whoever does not look needs no changes, but does need to know whether the session has ended.
      return socket.connected || (failures >= TRIES && performance.now() >= notBefore && !(polling && document.hidden));
    },
    async catchUp(positions) {
      if (!socket.connected) return ask(positions);
      try {
        // With a timeout the library's types lose what the acknowledgement brings.
        return (await socket.timeout(ANSWER_MS).emitWithAck('catch_up', positions)) as CatchUpAnswer | ConnectionError;
      } catch {
        // Nobody answers on a connection that a sleeping machine left behind.
        if (socket.connected) socket.io.engine.close();
        return null;
      }
    },
    close() {
      ended = true;
      clearTimeout(again);
      clearTimeout(poll);
      clearTimeout(proof);
      removeEventListener('online', connectNow);
      socket.disconnect();
    },
  };
}

type Timer = ReturnType<typeof setTimeout> | undefined;
