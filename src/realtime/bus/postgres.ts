import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import pg from 'pg';
import type { Connection } from '../../config/connection.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { UnsupportedTransportError, type Transport } from './bus.ts';

const CHANNEL = 'taskwire';
const CONNECT_MS = 5000;
const PROBE_MS = 3000;

/**
 * LISTEN and NOTIFY on a dedicated connection. NOTIFY does not wait for the disk, because a crash loses nothing.
 * That is set within the statement: a connection setting would stay on a pooler's server connection.
 */
const NOTIFY = `
  WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
  SELECT pg_notify($1, payload) FROM relaxed, unnest($2::text[]) AS payload`;

export function postgresTransport(connection: Connection): Transport {
  return (events) => {
    const { client, destroy } = openClient(connection);
    client.on('error', (error) => {
      events.fail(error);
    });
    client.on('end', () => {
      events.fail(new Error('PostgreSQL connection closed'));
    });
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === CHANNEL) events.receive(payload);
    });
    return {
      opened: listen(client, connection),
      send: async (payloads) => {
        await client.query(NOTIFY, [CHANNEL, payloads]);
      },
      end: destroy,
    };
  };
}

/** A client whose connection can be destroyed even if the other side no longer responds. */
function openClient(connection: Connection): { client: pg.Client; destroy: () => void } {
  const socket = new Socket();
  const client = new pg.Client({
    ...connection,
    application_name: 'taskwire-bus',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    stream: () => socket,
  });
  const destroy = (): void => {
    client.end().catch(() => undefined);
    if (socket.connecting) socket.destroy();
    else socket.destroySoon();
  };
  return { client, destroy };
}

async function listen(client: pg.Client, connection: Connection): Promise<void> {
  await client.connect();
  await client.query(`LISTEN ${CHANNEL}`);
  if (await isDirect(client)) return;
  if (!(await receivesFromOthers(client, connection))) {
    throw new UnsupportedTransportError(
      'Bus failed: DATABASE_URL points to a pooler that shares connections between transactions, which ' +
        'loses NOTIFY. Use a direct address in DATABASE_URL, or set REDIS_URL; until then changes by ' +
        'other processes arrive a second late.',
    );
  }
}

/** A pooler reports another backend's pid than the one that answers now. */
async function isDirect(client: pg.Client): Promise<boolean> {
  const {
    rows: [row],
  } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return row?.pid === (client as pg.Client & { processID: number | null }).processID;
}

/**
 * Whether a notification from another connection arrives while this one is idle. Its own notifications would prove
 * nothing: they come with the response to the statement that sent them.
 */
async function receivesFromOthers(client: pg.Client, connection: Connection): Promise<boolean> {
  const channel = `taskwire_${randomUUID().replaceAll('-', '')}`;
  await client.query(`LISTEN ${channel}`);
  const { client: other, destroy } = openClient(connection);
  other.on('error', () => undefined);
  const received = new Promise<void>((resolve) => {
    client.on('notification', (notice) => {
      if (notice.channel === channel) resolve();
    });
  });
  try {
    await other.connect();
    await other.query('SELECT pg_notify($1, $2)', [channel, '']);
    const arrived = await withTimeout(received, PROBE_MS).then(
      () => true,
      () => false,
    );
    if (arrived) await client.query(`UNLISTEN ${channel}`);
    return arrived;
  } finally {
    destroy();
  }
}
