import { createHmac } from 'node:crypto';
import { createClient } from 'redis';
import type { Carrier } from './transport.ts';

export interface RedisPlace {
  url: string;
  /** Whether a certificate has to be verified, where the address begins with `rediss:`. */
  verify: boolean;
  /** Makes the channel one that other installations on the same Redis neither meet nor guess. */
  secret: string;
}

const CONNECT_MS = 5000;
/** Far above what one sending takes. */
const QUEUE = 1000;

/** PUBLISH on one connection, SUBSCRIBE on another; the two end together. A line that was cut is not mended: the bus opens another. */
export function overRedis(place: RedisPlace): Carrier {
  const channel = `taskwire:${createHmac('sha256', place.secret).update('the channel of the bus').digest('base64url')}`;
  return (events) => {
    const [publisher, subscriber] = [openClient(place), openClient(place)];
    for (const client of [publisher, subscriber]) {
      client.on('error', (error) => {
        events.cut(error);
      });
      client.on('end', () => {
        events.cut(new Error('the connection with Redis ended'));
      });
    }
    return {
      opened: Promise.all([publisher.connect(), subscriber.connect()]).then(() =>
        subscriber.subscribe(channel, (payload) => {
          events.receive(payload);
        }),
      ),
      send: async (payloads) => {
        await Promise.all(payloads.map((payload) => publisher.publish(channel, payload)));
      },
      end: () => {
        for (const client of [publisher, subscriber]) client.destroy();
      },
    };
  };
}

function openClient({ url, verify }: RedisPlace) {
  return createClient({
    url,
    name: 'taskwire-bus',
    RESP: 2,
    socket: {
      connectTimeout: CONNECT_MS,
      reconnectStrategy: false,
      keepAlive: true,
      ...(url.startsWith('rediss:') && { tls: true as const, rejectUnauthorized: verify }),
    },
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE,
    maintNotifications: 'disabled',
  });
}
