import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** `purpose`: what is sealed for one purpose cannot be opened for another. */
export interface SealKey {
  secret: string;
  purpose: string;
}

const IV = 12;
const TAG = 16;
const MAX_BYTES = 2_000_000;

/** Encrypts a JSON value (AES-256-GCM) as URL-safe text that can be opened with the same secret for `ttlMs`. */
export function seal(value: unknown, ttlMs: number, key: SealKey): string {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', keyOf(key), iv);
  const plain = deflateRawSync(JSON.stringify({ until: Date.now() + ttlMs, value }));
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** @returns null where the text has expired, was changed, or was sealed with another secret or purpose */
export function unseal(text: string, key: SealKey): unknown {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < IV + TAG) return null;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(key), bytes.subarray(0, IV));
  decipher.setAuthTag(bytes.subarray(-TAG));
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV, -TAG)), decipher.final()]);
    const json = inflateRawSync(plain, { maxOutputLength: MAX_BYTES }).toString();
    const { until, value } = JSON.parse(json) as { until: number; value: unknown };
    return until > Date.now() ? value : null;
  } catch {
    return null;
  }
}

const keyOf = ({ secret, purpose }: SealKey): Uint8Array => new Uint8Array(hkdfSync('sha256', secret, '', purpose, 32));
