/**
 * Loaded into each process of a watched server (`--import`): reports which processes there are, how they ended and, on
 * request, what is in memory. It does not change their behaviour.
 */
import cluster from 'node:cluster';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { Server } from 'socket.io';

/** Resources kept for tabs, and the heap size after garbage collection. */
export interface ClientPosition {
  heap: number;
  sockets: number;
  rooms: number;
  listeners: number;
}

/** The folder in which each process has a file named by its pid. */
export const PROBE_FOLDER = 'RELIABILITY_PROBE_FOLDER';

const folder = process.env[PROBE_FOLDER];
if (folder) watch(path.join(folder, String(process.pid)));

function watch(file: string): void {
  const servers = new Set<Server>();
  const { attach } = Server.prototype;
  Server.prototype.attach = function (this: Server, ...handed: Parameters<Server['attach']>) {
    servers.add(this);
    // A process that has not started yet is expected to end by SIGKILL.
    if (cluster.isWorker) writeFileSync(file, 'worker');
    return attach.apply(this, handed);
  };

  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const server = net.createServer((asking) => {
    asking.on('error', () => undefined);
    collect();
    asking.end(JSON.stringify(held(servers)));
  });
  // `exclusive`: a worker would otherwise listen through its primary.
  server.listen({ path: `${file}.probe`, exclusive: true });
  server.unref();
  if (!cluster.isWorker) writeFileSync(file, 'server');
  process.on('exit', (code) => {
    writeFileSync(`${file}.exit`, String(code));
  });
}

function held(servers: ReadonlySet<Server>): ClientPosition {
  let [sockets, rooms, listeners] = [0, 0, 0];
  for (const server of servers) {
    // The loopback always has one client.
    const address = server.httpServer.address();
    if (typeof address !== 'object' || String(address?.port) !== process.env.PORT) continue;
    const { adapter, sockets: joined } = server.of('/');
    sockets += server.engine.clientsCount + joined.size;
    rooms += adapter.rooms.size;
    for (const emitter of [adapter, server.engine as NodeJS.EventEmitter, server.httpServer]) {
      listeners += emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
    }
  }
  listeners += process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  return { heap: process.memoryUsage().heapUsed, sockets, rooms, listeners };
}
