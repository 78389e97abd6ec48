import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import pg from 'pg';
import type { Connection } from '../../config/connection.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { UnsupportedTransportError, type Carrier } from './transport.ts';

const CHANNEL = 'taskwire';
const CONNECT_MS = 5000;
const PROOF_MS = 3000;

/**
 * LISTEN and NOTIFY on one connection of its own. The answer to NOTIFY does not wait for the disk: there is
 * nothing in it that a crash could lose. Said in the statement itself, because a setting of the connection would
 * stay with a pooler's.
 */
const NOTIFY = `
  WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
  SELECT pg_notify($1, payload) FROM relaxed, unnest($2::text[]) AS payload`;

export function overPostgres(connection: Connection): Carrier {
  return (events) => {
    const { client, destroy } = openClient(connection);
    client.on('error', (error) => {
      events.cut(error);
    });
    client.on('end', () => {
      events.cut(new Error('the connection with PostgreSQL ended'));
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

/** A client whose connection can be ended even where the other side says nothing any more. */
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
  if (!(await hearsOthers(client, connection))) {
    throw new UnsupportedTransportError(
      'The hints between processes do not come through: DATABASE_URL leads to a pooler that shares connections between transactions. Give a direct address in DATABASE_URL, or a REDIS_URL; until then changes arrive a second late from other processes.',
    );
  }
}

/** A pooler hands out the number of a backend that is not the one behind it now. */
async function isDirect(client: pg.Client): Promise<boolean> {
  const {
    rows: [row],
  } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return row?.pid === (client as pg.Client & { processID: number | null }).processID;
}

/**
 * Whether a notice from another connection comes in while nothing is asked here. One's own notices would prove
 * nothing: they come with the answer to the statement that sent them.
 */
async function hearsOthers(client: pg.Client, connection: Connection): Promise<boolean> {
  const channel = `taskwire_${randomUUID().replaceAll('-', '')}`;
  await client.query(`LISTEN ${channel}`);
  const { client: other, destroy } = openClient(connection);
  other.on('error', () => undefined);
  const heard = new Promise<void>((resolve) => {
    client.on('notification', (notice) => {
      if (notice.channel === channel) resolve();
    });
  });
  try {
    await other.connect();
    await other.query('SELECT pg_notify($1, $2)', [channel, '']);
    const came = await withTimeout(heard, PROOF_MS).then(
      () => true,
      () => false,
    );
    if (came) await client.query(`UNLISTEN ${channel}`);
    return came;
  } finally {
    destroy();
  }
}
