import type { DatabaseSettings } from './env.ts';

/** As `pg` and Sequelize take it. A `host` that begins with `/` is the directory of a Unix socket. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  database: string;
  password?: string;
  ssl?: false | { rejectUnauthorized: boolean };
}

/**
 * Parses DATABASE_URL. `?host=/directory` names a Unix socket. TLS depends on DATABASE_SSL alone; `sslmode` is ignored.
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

/** Formats a connection as DATABASE_URL. */
export function urlOf({ host, port, user, database, password }: Connection): string {
  const who = encodeURIComponent(user) + (password ? `:${encodeURIComponent(password)}` : '');
  const name = encodeURIComponent(database);
  return host.startsWith('/')
    ? `postgres://${who}@localhost:${String(port)}/${name}?host=${encodeURIComponent(host)}`
    : `postgres://${who}@${host.includes(':') ? `[${host}]` : host}:${String(port)}/${name}`;
}
