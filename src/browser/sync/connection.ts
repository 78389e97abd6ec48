/**
 * This tab's only socket: websocket, same origin, reconnecting by itself whatever closed it. If no websocket opens or
 * stays open (because of a proxy), the tab polls over plain HTTP and keeps trying.
 */
import { io, type Socket } from 'socket.io-client';
import type { CatchUpAnswer, Positions, ServerToTab, TabToServer, ConnectionError } from '../../shared/events.ts';
import { catchUpOverHttp } from './http.ts';
import { connectDelay, pollDelay, retryAfterMs } from './backoff.ts';

export interface ConnectionListener {
  /** Time to ask for missed events. */
  due(): void;
  disconnected(): void;
  /** The line is dead: requests under way get no answer either. */
  lost(): void;
  /** The server no longer knows the session of this tab. */
  refused(): void;
  /** Every message, including names that this page does not know. */
  message(name: string, payload: unknown): void;
}

export interface Connection {
  readonly connected: boolean;
  /** How the server is reached: by socket, by polling over HTTP, or not at all. */
  readonly reach: 'live' | 'polling' | 'reconnecting';
  /** Milliseconds of silence on a line that is dead without having closed; 0 otherwise. */
  readonly silentFor: number;
  /** The browser is offline or the line is dead, so that nothing else gets through either. */
  readonly isLost: boolean;
  /** Whether a catch-up can be sent now. */
  readonly mayAsk: boolean;
  /** @returns the answer; null after a timeout, which also renews the connection */
  catchUp(positions: Positions): Promise<CatchUpAnswer | ConnectionError | null>;
  /** Closes it permanently. */
  close(): void;
}

const ANSWER_MS = 8000;
/** Of silence, after which the line counts as dead, and as gone for good: the server is heard every two seconds. */
const SILENT_MS = 2500;
const GONE_MS = 6000;
/** A websocket that closes sooner counts as a failed attempt. */
const STABLE_MS = 3000;
/** Failed attempts before the tab polls over HTTP. */
const MAX_ATTEMPTS = 3;

export function connect(listener: ConnectionListener): Connection {
  const socket: Socket<ServerToTab, TabToServer> = io({
    transports: ['websocket'],
    reconnection: false,
    timeout: GONE_MS,
  });
  let ended = false;
  let lasted = false;
  let failures = 0;
  let polling = false;
  let misses = 0;
  let reconnectWithinMs = 0;
  let notBefore = 0;
  let heardAt = performance.now();
  let isLost = !navigator.onLine;
  let isSilent = false;
  let again: Timer;
  let silence: Timer;
  let proof: Timer;
  let poll: Timer;

  socket.io.on('open', () => {
    socket.io.engine.on('heartbeat', heard);
    heard();
    listenOn(SILENT_MS);
  });
  socket.on('connect', () => {
    clearTimeout(poll);
    poll = undefined;
    proof = setTimeout(() => {
      lasted = true;
      failures = 0;
      if (!polling) return;
      polling = false;
      listener.due();
    }, STABLE_MS);
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
  addEventListener('offline', lose);

  function heard(): void {
    heardAt = performance.now();
    if (!isLost) return;
    isLost = isSilent = false;
    if (socket.connected) listener.due();
  }

  function listenOn(pause: number): void {
    clearTimeout(silence);
    const due = performance.now() + pause;
    silence = setTimeout(() => {
      const now = performance.now();
      // The tab has slept: what came meanwhile is read after this.
      if (now > due + SILENT_MS) listenOn(1000);
      else if (now - heardAt >= GONE_MS) socket.io.engine.close();
      else {
        isSilent = now - heardAt >= SILENT_MS;
        if (isSilent) lose();
        listenOn(heardAt + (isLost ? GONE_MS : SILENT_MS) - now);
      }
    }, pause);
  }

  function lose(): void {
    isLost = true;
    polling = false;
    listener.disconnected();
    if (!navigator.onLine) listener.lost();
  }

  function end(opened: boolean): void {
    clearTimeout(silence);
    isSilent = false;
    if (isLost) listener.lost();
    // The same close may be reported twice.
    if (again || ended) return;
    clearTimeout(proof);
    lasted = false;
    if (!opened) failures += 1;
    again = setTimeout(open, reconnectWithinMs * Math.random() || connectDelay(failures, polling));
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
    if (answer) isLost = false;
    misses = answer ? 0 : misses + 1;
    polling = answer !== null && failures >= MAX_ATTEMPTS;
    notBefore = performance.now() + retryAfterMs(retryAfter);
    if (!socket.connected) pollIn(pollDelay(misses, retryAfter));
    return answer;
  }

  return {
    get connected() {
      return socket.connected;
    },
    get reach() {
      return polling ? 'polling' : socket.connected && !isLost ? 'live' : 'reconnecting';
    },
    get silentFor() {
      return isSilent ? performance.now() - heardAt : 0;
    },
    get isLost() {
      return isLost;
    },
    get mayAsk() {
      // A hidden tab needs no changes, but has to learn that its session has ended.
      return (
        socket.connected ||
        (failures >= MAX_ATTEMPTS && performance.now() >= notBefore && !(polling && document.hidden))
      );
    },
    async catchUp(positions) {
      if (!socket.connected) return ask(positions);
      try {
        // With a timeout the library's types lose the acknowledgement's arguments.
        return (await socket.timeout(ANSWER_MS).emitWithAck('catch_up', positions)) as CatchUpAnswer | ConnectionError;
      } catch {
        // A connection from before the machine slept never answers.
        if (socket.connected) socket.io.engine.close();
        return null;
      }
    },
    close() {
      ended = true;
      clearTimeout(again);
      clearTimeout(poll);
      clearTimeout(proof);
      clearTimeout(silence);
      removeEventListener('online', connectNow);
      removeEventListener('offline', lose);
      socket.disconnect();
    },
  };
}

type Timer = ReturnType<typeof setTimeout> | undefined;
