import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashPassword, randomPassword, setBcryptCost, verifyPassword } from '../../src/lib/password.ts';

describe('a password', () => {
  it('A31: is verified to its last character, far beyond the 72 bytes of bcrypt', async () => {
    const digest = await hashPassword(`${'a'.repeat(72)}X`);
    assert.match(digest, /^\$2b\$12\$.{53}$/);
    assert.deepEqual(
      await Promise.all(
        [`${'a'.repeat(72)}X`, `${'a'.repeat(72)}Y`].map((password) => verifyPassword(password, digest)),
      ),
      [true, false],
    );
  });

  it('A31: counts every character: leading and trailing spaces, case and NUL', async () => {
    const digest = await hashPassword(' 🦊🦊 Paßwort\0one ');
    const tries = [
      ' 🦊🦊 Paßwort\0one ',
      '🦊🦊 Paßwort\0one',
      ' 🦊🦊 paßwort\0one ',
      ' 🦊🦊 Paßwort',
      ' 🦊🦊 Paßwort\0two ',
    ];
    assert.deepEqual(await Promise.all(tries.map((password) => verifyPassword(password, digest))), [
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('never matches without an account, and a huge one is not hashed', async () => {
    assert.equal(await verifyPassword('whatever', null), false);
    const began = process.cpuUsage();
    assert.equal(await verifyPassword('x'.repeat(1_000_000), null), false);
    const { user } = process.cpuUsage(began);
    assert.ok(user < 50_000, `${String(user)} µs`);
  });

  it('is hashed at the cost of the setting, and verified at the cost of its digest', async (t) => {
    const before = await hashPassword('whatever');
    setBcryptCost(4);
    t.after(() => {
      setBcryptCost(12);
    });
    const after = await hashPassword('whatever');
    assert.match(after, /^\$2b\$04\$.{53}$/);
    assert.deepEqual(await Promise.all([before, after].map((digest) => verifyPassword('whatever', digest))), [
      true,
      true,
    ]);
    assert.equal(await verifyPassword('whatever', null), false);
  });

  it('made at random is long and never the same', () => {
    const made = Array.from({ length: 100 }, randomPassword);
    assert.equal(new Set(made).size, 100);
    for (const password of made) assert.match(password, /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  });
});
