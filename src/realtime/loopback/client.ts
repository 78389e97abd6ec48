import type { Logger } from '../../lib/logger.ts';
import { io, type Socket } from 'socket.io-client';
import { subscribe } from '../../events/index.ts';
import type { LoopbackMessages } from '../../shared/events.ts';

export interface LoopbackClient {
  close(): void;
}

const RETRY_MS = 100;

/**
 * The in-process socket.io client, which forwards the models' announcements to the loopback server.
 *
 * It buffers nothing while disconnected. What was in flight is lost anyway, so each connection starts with "any list
 * may have changed", which covers all of it.
 */
export function startLoopbackClient({ url, secret }: { url: string; secret: string }, log: Logger): LoopbackClient {
  const socket: Socket<Record<string, never>, LoopbackMessages> = io(url, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { authorization: `Bearer ${secret}` },
    reconnectionDelay: RETRY_MS,
    reconnectionDelayMax: 1000,
  });
  let retry: NodeJS.Timeout | undefined;
  // socket.io reconnects after a lost connection, but not after a refusal or a disconnect by the server.
  const reconnect = (): void => {
    if (socket.active) return;
    clearTimeout(retry);
    retry = setTimeout(() => socket.connect(), RETRY_MS).unref();
  };

  socket.on('connect', () => {
    socket.emit('task_updated', { id: null, listId: null });
  });
  socket.on('disconnect', (reason) => {
    if (reason === 'io client disconnect') return;
    log.warn({ reason }, 'loopback connection closed, will retry');
    reconnect();
  });
  socket.on('connect_error', (error) => {
    log.warn({ err: error }, 'loopback connection failed, will retry');
    reconnect();
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
