/** A repeatable random generator: the same seed gives the same choices. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** At least `from`, below `to`. */
  between(from: number, to: number): number;
  pick<T>(all: readonly T[]): T;
  shuffle<T>(all: readonly T[]): T[];
}

/** mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const random: Random = {
    next,
    between: (from, to) => from + (to - from) * next(),
    pick: (all) => {
      if (all.length === 0) throw new Error('nothing to choose from');
      return all[Math.floor(next() * all.length)]!;
    },
    shuffle: (all) =>
      all
        .map((one) => [next(), one] as const)
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one),
  };
  return random;
}
