import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export interface Cost {
  /** Milliseconds of the longest stretch in which nobody else was served. */
  blocked: number;
  /** Bytes that were held in addition, at most. */
  memory: number;
}

const MAX_BLOCKED = 200;
const MAX_MEMORY = 100_000_000;
const TRIES = 3;

/** The least that was held: collecting before each measurement would take longer than the work. */
let floor = Infinity;

/**
 * Measures what work costs the other users of this process's event loop.
 *
 * A stretch is the smaller of the time and the processor time that passed between two turns of the loop: on a busy
 * machine time passes while the process waits for a processor, and processor time passes in other threads (bcrypt,
 * garbage collection), but a loop that is blocked uses both.
 */
export async function costOf<Result>(work: () => Promise<Result>): Promise<Cost & { result: Result }> {
  floor = Math.min(floor, held());
  // The input itself, which the test holds, or what tests before this one left.
  if (held() - floor > MAX_MEMORY / 10) {
    collect();
    floor = held();
  }
  const before = floor;
  const cost: Cost = { blocked: 0, memory: 0 };
  let [time, processor] = [performance.now(), processorTime()];
  const look = (): void => {
    cost.blocked = Math.max(cost.blocked, Math.min(performance.now() - time, processorTime() - processor));
    // Garbage that nobody has collected yet is not held.
    if (held() - before > Math.max(cost.memory, MAX_MEMORY / 2)) {
      collect();
      cost.memory = Math.max(cost.memory, held() - before);
    }
    [time, processor] = [performance.now(), processorTime()];
  };
  const timer = setInterval(look, 1);
  try {
    const result = await work();
    look();
    return { ...cost, result };
  } finally {
    clearInterval(timer);
  }
}

/** The best of several tries counts: compilation and collections of garbage fall into some of them. */
export async function assertCheap<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    const { blocked, memory, result } = await costOf(work);
    const isCheap = blocked < MAX_BLOCKED && memory < MAX_MEMORY;
    if (isCheap) return result;
    assert.ok(attempt < TRIES, `${name}: ${Math.round(blocked)} ms without a turn, ${Math.round(memory / 1e6)} MB`);
  }
}

/** Milliseconds of this thread where the system says so (Linux), otherwise of all threads of the process. */
function processorTime(): number {
  try {
    return Number(readFileSync(SCHEDULED, 'utf8').split(' ', 1)[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
const SCHEDULED = `/proc/self/task/${String(process.pid)}/schedstat`;

function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
