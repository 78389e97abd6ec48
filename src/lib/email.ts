/** Email addresses. */
import { domainToASCII, domainToUnicode } from 'node:url';
import { foldText } from './fold.ts';

const MAX_LOCAL_BYTES = 64;
/** `dot-atom` of RFC 5322, with the characters beyond ASCII of RFC 6532. */
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10FFFF}-]+(\.[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10FFFF}-]+)*$/u;
const UNFIT = /[\p{C}\p{Z}]/u;
/** What `domainToASCII` reads as the end of a host name, or refuses only in part. */
const BEYOND_DOMAIN = /[/?#\\:%[\]\s]/;
/** Two labels or more; the last is no number, so that it is no IP address. */
const DOMAIN = /^(?=.{1,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/;

/**
 * The form in which an address is stored: a domain has one, however it was written (`MÜNCHEN.example`,
 * `xn--mnchen-3ya.example`). @returns null where it is no address
 */
export function canonicalEmail(typed: string): string | null {
  const text = typed.trim();
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0)).normalize('NFKC');
  const domain = BEYOND_DOMAIN.test(text.slice(at + 1)) ? '' : domainToASCII(text.slice(at + 1));
  if (!LOCAL.test(local) || UNFIT.test(local) || Buffer.byteLength(local) > MAX_LOCAL_BYTES) return null;
  return DOMAIN.test(domain) ? `${local}@${domainToUnicode(domain)}` : null;
}

/** Equal for addresses that are one, in any case. Any text has one, so that any can be looked up. */
export const emailKey = (typed: string): string => foldText(canonicalEmail(typed) ?? typed.trim(), true);
