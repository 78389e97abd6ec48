import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The secret that signs cookies where nobody set one: made once, readable by its owner only, and kept so
 * that people stay signed in over a restart.
 */
export function readOrMakeSecret(dataDir: string): string {
  const file = path.join(dataDir, 'session-secret');
  return read(file) ?? make(file);
}

function read(file: string): string | null {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    return secret.length >= 16 ? secret : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function make(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${String(process.pid)}`;
  const secret = randomBytes(32).toString('hex');
  writeFileSync(draft, `${secret}\n`, { mode: 0o600 });
  try {
    // Whole or not at all, and the first of two processes that start at once wins.
    linkSync(draft, file);
    return secret;
  } catch (error) {
    const made = (error as NodeJS.ErrnoException).code === 'EEXIST' ? read(file) : null;
    if (!made) throw error;
    return made;
  } finally {
    rmSync(draft, { force: true });
  }
}
