import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** The part of an IP address that identifies one customer: all of an IPv4 address, the first 64 bits of an IPv6 one. */
export function ipPrefix(address = ''): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head, tail] = (address.split('%', 1)[0] ?? '').split('::').map((part) => part.split(':').filter(Boolean)) as [
    string[],
    string[]?,
  ];
  const zeros = tail ? Array.from({ length: 8 - head.length - tail.length }, () => '0') : [];
  return [...head, ...zeros, ...(tail ?? [])]
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}

/**
 * The client's address behind `hops` trusted proxies, each of which adds one to X-Forwarded-For: what Express has as
 * `req.ip`, for requests that do not reach it.
 */
export function clientAddress({ headers, socket }: IncomingMessage, hops: number): string | undefined {
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean);
  return [...forwarded, socket.remoteAddress].slice(-1 - hops)[0];
}
