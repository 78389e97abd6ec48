/** Keeps a value for a statement and gives its place, `$1`, `$2`, … */
export type Bind = (value: unknown) => string;

/** The values of a statement that is put together piece by piece. */
export function sqlParams(): { values: unknown[]; bind: Bind } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${String(values.push(value))}` };
}
