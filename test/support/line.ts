import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

/** A line to the app that can go dead without closing, as radio or a tunnel does: bytes wait, nobody is told. */
export interface Line {
  /** Without a slash at the end. */
  url: string;
  dead: boolean;
  /** Bytes that the app has sent. */
  received: number;
  close(): Promise<void>;
}

export async function openLine(target: string): Promise<Line> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let dead = false;
  const server = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    far.on('data', ({ length }) => {
      line.received += length;
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        // Even the news of an end does not get through.
        if (!dead) other.destroy();
      });
      if (dead) one.pause();
    }
  });
  const line: Line = {
    url: '',
    received: 0,
    get dead() {
      return dead;
    },
    set dead(next) {
      dead = next;
      for (const socket of sockets) {
        if (dead) socket.pause();
        else socket.resume();
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  line.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return line;
}
