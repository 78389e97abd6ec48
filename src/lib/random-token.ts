import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits as 43 URL-safe characters. */
export const randomToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a random token. It has enough entropy for a fast digest to be safe. */
export const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();
