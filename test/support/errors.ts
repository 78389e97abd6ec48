/** Preloaded into server processes (`--import`), so that a test can crash them in ways that no request can. */
import cluster from 'node:cluster';

/** Environment variable: workers exit as soon as they start. */
export const CRASHING = 'TEST_CRASHING_WORKERS';

if (process.env[CRASHING] && cluster.isWorker) process.exit(70);
process.on('SIGUSR2', () => {
  throw new Error('thrown, and nobody catches it');
});
process.on('SIGWINCH', () => {
  void Promise.reject(new Error('rejected, and nobody catches it'));
});
