import { once } from 'node:events';
import { io } from 'socket.io-client';

export interface BenchTab {
  /** When the next new task arrives, by `performance.now()`; rejects after half a minute. */
  arrival(): Promise<number>;
  stop(): void;
}

const PATIENCE = 30_000;

/** A tab with socket.io's own client, in this process. */
export async function openTab(url: string, cookie: string): Promise<BenchTab> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie, origin: url } });
  const emitter = socket as unknown as NodeJS.EventEmitter;
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
    socket.disconnect();
  };
  try {
    await once(emitter, 'connect', { signal: AbortSignal.timeout(PATIENCE) });
    await socket.timeout(PATIENCE).emitWithAck('catch_up', {});
  } catch (error) {
    stop();
    throw error;
  }
  return {
    arrival: () => {
      const arrived = once(emitter, 'new_task', {
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(PATIENCE)]),
      }).then(() => performance.now());
      // Whoever waits for it may fail before that, at the write itself.
      arrived.catch(() => undefined);
      return arrived;
    },
    stop,
  };
}
