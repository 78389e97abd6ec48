import type { DatabaseSettings } from './env.ts';

/** Where a database is, in the words that `pg` and Sequelize take. A `host` that begins with `/` is a socket's folder. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  database: string;
  password?: string;
  ssl?: false | { rejectUnauthorized: boolean };
}

/**
 * Takes DATABASE_URL apart. DATABASE_SSL decides about TLS; what the address says (`sslmode`) is left aside.
 * `?host=/folder` names a Unix socket.
 */
export function connectionOf(databaseUrl: string, ssl: DatabaseSettings['databaseSsl']): Connection {
  const url = new URL(databaseUrl);
  const user = decodeURIComponent(url.username) || 'postgres';
  return {
    host: url.searchParams.get('host') ?? (url.hostname.replace(/^\[|\]$/g, '') || 'localhost'),
    port: Number(url.port || 5432),
    user,
    database: decodeURIComponent(url.pathname.slice(1)) || user,
    ...(url.password && { password: decodeURIComponent(url.password) }),
    ssl: ssl === 'off' ? false : { rejectUnauthorized: ssl === 'verify' },
  };
}

/** The address of a connection, for DATABASE_URL; the other way round. */
export function urlOf({ host, port, user, database, password }: Connection): string {
  const who = encodeURIComponent(user) + (password ? `:${encodeURIComponent(password)}` : '');
  const name = encodeURIComponent(database);
  return host.startsWith('/')
    ? `postgres://${who}@localhost:${String(port)}/${name}?host=${encodeURIComponent(host)}`
    : `postgres://${who}@${host.includes(':') ? `[${host}]` : host}:${String(port)}/${name}`;
}
