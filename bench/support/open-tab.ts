import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';

/** A tab with socket.io's own client, in this process. */
export async function openTab(url: string, cookie: string): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, extraHeaders: { cookie, origin: url } });
  await once(socket as unknown as NodeJS.EventEmitter, 'connect');
  await socket.emitWithAck('catch_up', {});
  return socket;
}

/** When the next new task arrives, by `performance.now()`. */
export const arrivalAt = (tab: Socket): Promise<number> =>
  new Promise((resolve) => tab.once('new_task', () => { resolve(performance.now()); }));
