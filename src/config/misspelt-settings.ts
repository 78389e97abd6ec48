/** Shorter names are too close to those of other programs for a guess by distance. */
const SHORT = 6;
const LONG = 10;

/**
 * One error for each variable that was surely meant as one of our settings: spelt almost like it, in another case, or
 * with our name before it. A variable is somebody else's where the setting itself is given as well.
 */
export function misspeltSettings(env: NodeJS.ProcessEnv, names: readonly string[]): string[] {
  return Object.keys(env).flatMap((given) => {
    if (names.includes(given)) return [];
    const meant = names.find((name) => !env[name]?.trim() && isMeant(given, name));
    return meant === undefined ? [] : [`${given} is not a setting: did you mean ${meant}?`];
  });
}

function isMeant(given: string, name: string): boolean {
  const bare = given.toUpperCase().replace(/^TASKWIRE_/, '');
  if (bare === name) return name.length >= SHORT || given.startsWith('TASKWIRE_');
  if (name.length < SHORT) return given.length === name.length && isSwapped(given, name);
  return distance(bare, name) <= (name.length < LONG ? 1 : 2);
}

/** Two neighbouring letters are the wrong way round. */
function isSwapped(a: string, b: string): boolean {
  const at = [...a].findIndex((character, index) => character !== b[index]);
  return at >= 0 && a.slice(0, at) + a.charAt(at + 1) + a.charAt(at) + a.slice(at + 2) === b;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
