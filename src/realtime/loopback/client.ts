import type { Logger } from '../../lib/logger.ts';
import { io, type Socket } from 'socket.io-client';
import { subscribe } from '../../events/index.ts';
import type { LoopbackMessages } from '../../shared/events.ts';

export interface WireClient {
  close(): void;
}

const RETRY_MS = 100;

/**
 * The in-process socket.io client: what the models announce, it tells the wire.
 *
 * It keeps nothing while it is cut off. What was in flight then is lost anyway, so each connection starts
 * with "look at every list", which makes up for all of it.
 */
export function startLoopbackClient({ url, secret }: { url: string; secret: string }, log: Logger): WireClient {
  const socket: Socket<Record<string, never>, LoopbackMessages> = io(url, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { authorization: `Bearer ${secret}` },
    reconnectionDelay: RETRY_MS,
    reconnectionDelayMax: 1000,
  });
  let retry: NodeJS.Timeout | undefined;
  // socket.io connects again after a cut, but neither after a refusal nor after the server's disconnect.
  const connectAgain = (): void => {
    if (socket.active) return;
    clearTimeout(retry);
    retry = setTimeout(() => socket.connect(), RETRY_MS).unref();
  };

  socket.on('connect', () => {
    socket.emit('task_updated', { id: null, listId: null });
  });
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') return;
    log.warn({ reason }, 'the wire was cut');
    connectAgain();
  });
  socket.on('connect_error', (error) => {
    log.warn({ err: error }, 'the wire cannot be reached');
    connectAgain();
  });
  const unsubscribe = subscribe('changed', (name, announcement) => {
    if (socket.connected) socket.emit(name, announcement);
  });

  return {
    close: () => {
      unsubscribe();
      clearTimeout(retry);
      socket.disconnect();
    },
  };
}
