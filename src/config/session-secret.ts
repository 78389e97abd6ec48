import { createHmac, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The secret that signs cookies without SESSION_SECRET: generated once and kept, so that sessions survive restarts. */
export function readOrCreateSecret(dataDir: string): string {
  const file = path.join(dataDir, 'session-secret');
  return read(file) ?? create(file);
}

/**
 * The setup token where none is given: the same in every process of an installation and after restarts, and of no use
 * for finding the secret.
 */
export function setupTokenFrom(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('setup token').digest('hex').slice(0, 24);
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

function create(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${String(process.pid)}`;
  const secret = randomBytes(32).toString('hex');
  writeFileSync(draft, `${secret}\n`, { mode: 0o600 });
  try {
    // Atomic: the first of two processes that start at once wins.
    linkSync(draft, file);
    return secret;
  } catch (error) {
    const existing = (error as NodeJS.ErrnoException).code === 'EEXIST' ? read(file) : null;
    if (!existing) throw error;
    return existing;
  } finally {
    rmSync(draft, { force: true });
  }
}
