/** One person's attack on a server, until SIGTERM. Arguments: the name of the attack, and the target as JSON. */
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { socketLimits } from '../../src/shared/limits.ts';
import { formHeaders } from './people.ts';

export interface Target {
  url: string;
  cookie: string;
  token: string;
  listId: string;
}

const ROWS = 10_000;
/** Made once: the attacker's own work is not the server's, but would take its processor here. */
const VARIANTS = 4;
const variants = (make: (variant: number) => string): string[] => Array.from({ length: VARIANTS }, (_, n) => make(n));
const docs = variants((priority) =>
  JSON.stringify({
    provider: 'attack',
    docs: Array.from({ length: ROWS }, (_, row) => ({
      externalId: row,
      description: `Task ${String(row)} of the benchmark`,
      priority,
    })),
  }),
);
const files = variants((variant) => {
  const rows = Array.from(
    { length: 2 * ROWS },
    (_, row) => `${String(row)},Task ${String(row)} ${String(variant)},high\n`,
  );
  return `id,description,priority\n${rows.join('')}`;
});
/** Even an attacker gains nothing by repeating what is refused at once. */
const REFUSED_MS = 100;

/** Those that write much come last: the database tidies up after them for minutes. */
const attacks = {
  searches: async ({ url, cookie }: Target, n) => {
    const response = await fetch(`${url}/tasks?q=benchmark+${String(n % 10)}`, {
      headers: { cookie, accept: 'text/html' },
    });
    await answered(response);
  },
  'catch-ups': async (target: Target) => {
    await withTab(target, async (ask) => {
      while (await ask({ [target.listId]: { epoch: '', version: 0 } })) await pause(1);
    });
  },
  'malformed packets': async (target: Target) => {
    const values = Array.from({ length: socketLimits.packetBytes / 4 }, (_, n) => n % 10);
    await withTab(target, async (ask) => {
      while (await ask(values)) await pause(1);
    });
  },
  'wrong sign-ins': async ({ url }: Target, n) => {
    await post(`${url}/login`, `email=nobody${String(n)}%40example.com&password=a+wrong+password`, formHeaders);
  },
  'slow uploads': ({ url, token }: Target) =>
    new Promise<void>((resolve) => {
      const upload = request(`${url}/api/v1/import`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv', 'content-length': 1_000_000 },
        agent: false,
      });
      const drip = setInterval(() => upload.write('x'), 1000);
      const end = (): void => {
        clearInterval(drip);
        upload.destroy();
        setTimeout(resolve, REFUSED_MS);
      };
      upload.once('response', end).once('error', end).write('id,description\n');
    }),
  'merges at the limit': async ({ url, token }: Target, n) => {
    await post(`${url}/api/v1/tasks/merge`, docs[n % VARIANTS] ?? '', {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    });
  },
  'imports at the limit': async ({ url, token }: Target, n) => {
    await post(`${url}/api/v1/import?name=attack`, files[n % VARIANTS] ?? '', {
      authorization: `Bearer ${token}`,
      'content-type': 'text/csv',
    });
  },
} satisfies Record<string, (target: Target, n: number) => Promise<void>>;

export type AttackName = keyof typeof attacks;

/** How many of each at once. */
const AT_ONCE: Record<AttackName, number> = {
  searches: 16,
  'catch-ups': 20,
  'malformed packets': 20,
  'wrong sign-ins': 16,
  'slow uploads': 50,
  'merges at the limit': 6,
  'imports at the limit': 6,
};
export const attackNames = Object.keys(AT_ONCE) as AttackName[];

async function post(url: string, body: string, headers: Record<string, string>): Promise<void> {
  await answered(await fetch(url, { method: 'POST', redirect: 'manual', headers, body }));
}

async function answered(response: Response): Promise<void> {
  await response.arrayBuffer();
  if (response.status >= 400) await pause(REFUSED_MS);
}

/** @param work gets a function that sends one catch-up and returns whether the tab is still connected */
async function withTab(
  { url, cookie }: Target,
  work: (ask: (positions: unknown) => Promise<boolean>) => Promise<void>,
): Promise<void> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    extraHeaders: { cookie, origin: url },
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve).once('connect_error', () => {
      resolve();
    });
  });
  await work(async (positions) => {
    if (socket.connected)
      await socket
        .timeout(5000)
        .emitWithAck('catch_up', positions)
        .catch(() => undefined);
    return socket.connected;
  });
  socket.disconnect();
  await pause(REFUSED_MS);
}

async function repeat(attack: (target: Target, n: number) => Promise<void>, target: Target, first: number) {
  for (let n = first; ; n += 1) await attack(target, n).catch(() => pause(REFUSED_MS));
}

if (process.argv[1] === import.meta.filename) {
  const [name, target] = process.argv.slice(2) as [AttackName, string];
  for (let n = 0; n < AT_ONCE[name]; n += 1) void repeat(attacks[name], JSON.parse(target) as Target, n * 1_000_000);
  console.log('attacking');
}
