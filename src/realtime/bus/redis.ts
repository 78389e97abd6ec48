import { createHmac } from 'node:crypto';
import { createClient } from 'redis';
import type { Transport } from './bus.ts';

export interface RedisOptions {
  url: string;
  /** Whether to verify the certificate of a `rediss:` address. */
  verify: boolean;
  /** Derives a channel name that other installations on the same Redis neither share nor guess. */
  secret: string;
}

const CONNECT_MS = 5000;
/** Far more than one send needs. */
const MAX_COMMANDS = 1000;

/**
 * PUBLISH on one connection, SUBSCRIBE on another; the two are closed together. The client does not reconnect, the bus
 * does.
 */
export function redisTransport(options: RedisOptions): Transport {
  const digest = createHmac('sha256', options.secret).update('the channel of the bus').digest('base64url');
  const channel = `taskwire:${digest}`;
  return (events) => {
    const [publisher, subscriber] = [openClient(options), openClient(options)];
    for (const client of [publisher, subscriber]) {
      client.on('error', (error) => {
        events.fail(error);
      });
      client.on('end', () => {
        events.fail(new Error('Redis connection closed'));
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

function openClient({ url, verify }: RedisOptions) {
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
    commandsQueueMaxLength: MAX_COMMANDS,
    maintNotifications: 'disabled',
  });
}
