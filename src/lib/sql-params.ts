/** Adds a value and returns its placeholder: `$1`, `$2`, … */
export type Bind = (value: unknown) => string;

/** Parameters of a statement that is built piece by piece. */
export function sqlParams(): { values: unknown[]; bind: Bind } {
  const values: unknown[] = [];
  return { values, bind: (value) => `$${String(values.push(value))}` };
}

/** Escapes the wildcards of LIKE. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
