import { createHmac, randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { RateLimitError } from './errors.ts';
import { Semaphore } from './semaphore.ts';

/** Longer than this is no password of ours, and is never hashed. UTF-16 units. */
const LONGEST = 200;
/** The part of a digest after its cost, of a password that nobody knows. */
const UNKNOWN = 'hTrMOtW9mDbGieq0lMBeOe5Vu0boeI80RTQFgITF4hiaa3UGXJJXG';

let cost = 12;

/** @param bcryptCost the setting of that name */
export function setBcryptCost(bcryptCost: number): void {
  cost = bcryptCost;
}

/** At cost 12 a hash takes a quarter of a second of one core: one core stays free for other requests. */
const hashing = new Semaphore(availableParallelism() - 1, 32, () => new RateLimitError(5));

/** @returns the digest to keep, 60 characters */
export function hashPassword(password: string): Promise<string> {
  return hashing.run(() => bcrypt.hash(keyOf(normalized(password)), cost));
}

/**
 * Whether the digest is of this password. Takes as long without a digest, so that the time of a sign-in does not
 * reveal whether the account exists.
 * @param digest null where there is no such account
 */
export async function verifyPassword(password: string, digest: string | null): Promise<boolean> {
  return (await matchPassword(password, digest)) !== null;
}

/**
 * Like `verifyPassword`. @returns `outdated`: the digest is of the password as it was typed, from before passwords were
 * normalized, and is to be replaced. Null: it is of another password.
 */
export async function matchPassword(password: string, digest: string | null): Promise<'current' | 'outdated' | null> {
  if (password.length > LONGEST) return null;
  const isOf = (text: string) => hashing.run(() => bcrypt.compare(keyOf(text), digest ?? unknownDigest()));
  if (await isOf(normalized(password))) return digest === null ? null : 'current';
  if (normalized(password) === password || !(await isOf(password))) return null;
  return digest === null ? null : 'outdated';
}

/** Keyboards and systems write one and the same character in different ways (NIST SP 800-63B). */
const normalized = (password: string): string => password.normalize('NFKC');

/** Nobody's digest, at the present cost. */
const unknownDigest = (): string => `$2b$${String(cost).padStart(2, '0')}$${UNKNOWN}`;

/**
 * A password that no one guesses, easy to read out: 20 letters and digits (99 bits), none of which looks like another.
 */
export function randomPassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const group = (): string => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}

/** bcrypt alone ignores everything after byte 72 and ends at a NUL: it gets 64 characters that stand for all of it. */
const keyOf = (password: string): string => createHmac('sha384', 'taskwire/v1').update(password).digest('base64');
