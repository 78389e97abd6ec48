import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits for a link, 43 characters that need no escaping in an address. */
export const randomToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a secret. It is random enough that a fast digest is safe. */
export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Compares in constant time; digests have one length, which `timingSafeEqual` needs. */
export const isSameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(digestOf(given), digestOf(expected));
