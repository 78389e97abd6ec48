import { once } from 'node:events';
import { io } from 'socket.io-client';

export interface BenchTab {
  /** @returns `performance.now()` when the next new task arrives; rejects after 30 s */
  nextTask(): Promise<number>;
  stop(): void;
}

const TIMEOUT_MS = 30_000;

/** Opens a tab in this process with socket.io's client. */
export async function openTab(url: string, cookie: string): Promise<BenchTab> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie, origin: url } });
  const emitter = socket as unknown as NodeJS.EventEmitter;
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
    socket.disconnect();
  };
  try {
    await once(emitter, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await socket.timeout(TIMEOUT_MS).emitWithAck('catch_up', {});
  } catch (error) {
    stop();
    throw error;
  }
  return {
    nextTask: () => {
      const arrived = once(emitter, 'new_task', {
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      }).then(() => performance.now());
      // The caller may fail at the write, before it awaits this.
      arrived.catch(() => undefined);
      return arrived;
    },
    stop,
  };
}
