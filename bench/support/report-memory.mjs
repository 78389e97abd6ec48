/** Loaded into the server (`--expose-gc --import`): on SIGUSR2 it collects garbage and prints the memory left, in bytes. */
import { setTimeout as pause } from 'node:timers/promises';

process.on('SIGUSR2', () => void report());

async function report() {
  // Twice: what the first collection finds unreachable may hold buffers and handles that are freed after it.
  for (let round = 0; round < 2; round += 1) {
    globalThis.gc();
    await pause(200);
  }
  process.stdout.write(`memory ${JSON.stringify(process.memoryUsage())}\n`);
}
