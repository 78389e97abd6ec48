import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { clientAddress, ipPrefix } from '../../src/lib/ip-prefix.ts';

describe('ipPrefix', () => {
  const networks: Record<string, string> = {
    '192.0.2.7': '192.0.2.7',
    '::ffff:192.0.2.7': '::ffff:192.0.2.7',
    '2001:db8:1:2:3:4:5:6': '2001:db8:1:2',
    '2001:0db8:0001:0002::6': '2001:db8:1:2',
    '2001:db8::1': '2001:db8:0:0',
    '::1': '0:0:0:0',
    'fe80::1%eth0': 'fe80:0:0:0',
    '': '',
  };
  for (const [address, expected] of Object.entries(networks))
    it(`of ${address || 'nobody'} is ${expected || 'nothing'}`, () => {
      assert.equal(ipPrefix(address), expected);
    });
});

describe('clientAddress', () => {
  const [client, spoofed, proxy] = ['198.51.100.1', '6.6.6.6', '10.0.0.1'];
  const cases: [forwarded: string | undefined, hops: number, expected: string][] = [
    [undefined, 0, proxy],
    [client, 0, proxy],
    [client, 1, client],
    [`${spoofed}, ${client}`, 1, client],
    [`${spoofed},${client} , 10.0.0.2`, 2, client],
    [client, 3, client],
    [undefined, 1, proxy],
    [' , ', 1, proxy],
  ];
  for (const [forwarded, hops, expected] of cases)
    it(`behind ${hops} proxies, forwarded ${forwarded ?? 'by none'}, is ${expected}`, () => {
      const request = { headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress: proxy } };
      assert.equal(clientAddress(request as unknown as IncomingMessage, hops), expected);
    });
});
