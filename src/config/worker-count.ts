import type { Settings } from './env.ts';

export interface WorkerCount {
  /** 1 means no workers: this process serves. */
  count: number;
  /** Why there are fewer than configured, with the remedy; or null. */
  warning: string | null;
}

/** WEB_CONCURRENCY, limited so that all connections stay below DB_CONNECTIONS; at least one. */
export function workerCount({
  webConcurrency,
  dbPoolMax,
  dbConnections,
}: Pick<Settings, 'webConcurrency' | 'dbPoolMax' | 'dbConnections'>): WorkerCount {
  const each = dbPoolMax + 1;
  const count = Math.min(webConcurrency, Math.max(1, Math.floor((dbConnections - 1) / each)));
  if (count === webConcurrency) return { count, warning: null };
  return {
    count,
    warning:
      `WEB_CONCURRENCY is ${String(webConcurrency)}, but only ${String(count)} ` +
      `${count === 1 ? 'process starts' : 'workers start'}: ` +
      `each needs ${String(each)} database connections (DB_POOL_MAX + 1), and the total must stay below ` +
      `DB_CONNECTIONS, ${String(dbConnections)}. ` +
      `If the database allows more, set DB_CONNECTIONS=${String(webConcurrency * each + 1)}; or lower DB_POOL_MAX.`,
  };
}
