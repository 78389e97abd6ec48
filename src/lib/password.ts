import { createHmac, randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { RateLimitError } from './errors.ts';
import { Semaphore } from './semaphore.ts';

const COST = 12;
/** Longer than this is no password of ours, and is never hashed. UTF-16 units. */
const LONGEST = 200;
/** Of a password that nobody knows: who signs in with an unknown email address waits for it as for any other. */
const NOBODYS_DIGEST = '$2b$12$hTrMOtW9mDbGieq0lMBeOe5Vu0boeI80RTQFgITF4hiaa3UGXJJXG';

/** A quarter of a second of one core each: one core stays free for everybody else's requests. */
const hashing = new Semaphore(availableParallelism() - 1, 32, () => new RateLimitError(5));

/** @returns the digest to keep, 60 characters */
export function hashPassword(password: string): Promise<string> {
  return hashing.run(() => bcrypt.hash(keyOf(password), COST));
}

/**
 * Whether this is the password that the digest was made of. It takes as long without a digest.
 * @param digest null where there is no such account
 */
export async function verifyPassword(password: string, digest: string | null): Promise<boolean> {
  if (password.length > LONGEST) return false;
  const same = await hashing.run(() => bcrypt.compare(keyOf(password), digest ?? NOBODYS_DIGEST));
  return same && digest !== null;
}

/** A password that no one guesses, easy to read out: 20 letters and digits (99 bits), none of which looks like another. */
export function randomPassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const group = (): string => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

/** bcrypt alone ignores everything after byte 72 and ends at a NUL: it gets 64 characters that stand for all of it. */
const keyOf = (password: string): string => createHmac('sha384', 'taskwire/v1').update(password).digest('base64');
