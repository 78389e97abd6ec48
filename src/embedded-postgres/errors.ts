/** A failure that the operator can fix: the message is one sentence that ends with the remedy. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The errno (`ENOENT`) or SQLSTATE (`57P03`) of a caught value, `''` where it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The line of PostgreSQL's output that says why it gave up. */
export function reasonIn(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const line = lines.findLast((candidate) => /\b(FATAL|PANIC|error):/.test(candidate)) ?? lines.at(-1) ?? 'no output';
  return line.replace(/^.*?\b(?:FATAL|PANIC|error):\s*/, '').replace(/\.$/, '');
}
