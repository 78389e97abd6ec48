import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipPrefix } from '../../src/lib/ip-prefix.ts';

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
