/**
 * Preloaded into each process of a watched server (`--import`): reports which processes exist, how they exited and, on
 * request, their memory and connections. It does not change their behaviour.
 */
import cluster from 'node:cluster';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { Server } from 'socket.io';

/** Resources kept for tabs, and the heap size after garbage collection. */
export interface ProcessState {
  heap: number;
  sockets: number;
  rooms: number;
  listeners: number;
}

/** Environment variable: the folder in which each process has a file named after its pid. */
export const PROBE_FOLDER = 'RELIABILITY_PROBE_FOLDER';

const folder = process.env[PROBE_FOLDER];
if (folder) watch(path.join(folder, String(process.pid)));

function watch(file: string): void {
  const servers = new Set<Server>();
  const { attach } = Server.prototype;
  Server.prototype.attach = function (this: Server, ...args: Parameters<Server['attach']>) {
    servers.add(this);
    // Only now: a process killed while starting need not be accounted for.
    if (cluster.isWorker) writeFileSync(file, 'worker');
    return attach.apply(this, args);
  };

  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const server = net.createServer((connection) => {
    connection.on('error', () => undefined);
    collect();
    connection.end(JSON.stringify(readState(servers)));
  });
  // `exclusive`: a worker would otherwise listen through its primary.
  server.listen({ path: `${file}.probe`, exclusive: true });
  server.unref();
  if (!cluster.isWorker) writeFileSync(file, 'server');
  process.on('exit', (code) => {
    writeFileSync(`${file}.exit`, String(code));
  });
}

function readState(servers: ReadonlySet<Server>): ProcessState {
  let [sockets, rooms, listeners] = [0, 0, 0];
  for (const server of servers) {
    // The loopback always has one client.
    const address = server.httpServer.address();
    if (typeof address !== 'object' || String(address?.port) !== process.env.PORT) continue;
    const { adapter, sockets: connected } = server.of('/');
    sockets += server.engine.clientsCount + connected.size;
    rooms += adapter.rooms.size;
    for (const emitter of [adapter, server.engine as NodeJS.EventEmitter, server.httpServer]) {
      listeners += emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
    }
  }
  listeners += process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  return { heap: process.memoryUsage().heapUsed, sockets, rooms, listeners };
}
