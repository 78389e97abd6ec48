/** Loaded into a server's processes (`--import`): lets a test fail them in ways that no request does. */
import cluster from 'node:cluster';

/** Of the environment: the workers end as soon as they begin. */
export const CRASHING = 'TEST_CRASHING_WORKERS';

if (process.env[CRASHING] && cluster.isWorker) process.exit(70);
process.on('SIGUSR2', () => {
  throw new Error('thrown, and nobody catches it');
});
process.on('SIGWINCH', () => {
  void Promise.reject(new Error('rejected, and nobody catches it'));
});
