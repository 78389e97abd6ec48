/** A failure that the operator can fix: the message is one sentence that ends with the remedy. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** The errno (`ENOENT`) or SQLSTATE (`57P03`) of a caught value, `''` where it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * The remedy where the machine has run out of disk or file descriptors, by an errno, a SQLSTATE or a program's output;
 * undefined for any other failure.
 */
export function shortageIn(text: string): string | undefined {
  if (/\b(ENOSPC|EDQUOT|53100)\b|no space left on device|disk quota exceeded/i.test(text))
    return 'free some space on the disk, which is full';
  if (/\b(EMFILE|ENFILE|53000)\b|too many open files|insufficient file descriptors/i.test(text))
    return 'raise the limit of open files (`ulimit -n`), which is reached';
  return undefined;
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
