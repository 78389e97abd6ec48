/** Preloaded into server processes (`--import`) so that a test can crash them. */
import cluster from 'node:cluster';

/** Environment variable: workers exit as soon as they start. */
export const CRASHING = 'TEST_CRASHING_WORKERS';

if (process.env[CRASHING] && cluster.isWorker) process.exit(70);
process.on('SIGUSR2', () => {
  throw new Error('uncaught exception from a test');
});
process.on('SIGWINCH', () => {
  void Promise.reject(new Error('unhandled rejection from a test'));
});
