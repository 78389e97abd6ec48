import type { Settings } from './env.ts';

export interface WorkerCount {
  /** Processes that serve; 1: this one alone. */
  count: number;
  /** Why there are fewer than were asked for, with the remedy; null where there are not. */
  why: string | null;
}

/** As many workers as were asked for, as long as their connections stay below those that there are; one at least. */
export function workerCount({
  webConcurrency: asked,
  dbPoolMax,
  dbConnections,
}: Pick<Settings, 'webConcurrency' | 'dbPoolMax' | 'dbConnections'>): WorkerCount {
  const each = dbPoolMax + 1;
  const count = Math.min(asked, Math.max(1, Math.floor((dbConnections - 1) / each)));
  if (count === asked) return { count, why: null };
  return {
    count,
    why:
      `WEB_CONCURRENCY asks for ${String(asked)} workers, and ${count === 1 ? '1 starts' : `${String(count)} start`}: ` +
      `each takes ${String(each)} database connections (DB_POOL_MAX and one), and all together stay below DB_CONNECTIONS, ${String(dbConnections)}. ` +
      `Where the database has enough, say DB_CONNECTIONS=${String(asked * each + 1)}; or lower DB_POOL_MAX.`,
  };
}
