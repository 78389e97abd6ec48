import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isCommonPassword } from '../../src/lib/common-passwords.ts';

describe('a password that is easily guessed', () => {
  const common = [
    '12345678',
    '87654321',
    '00000000',
    '11223344',
    '19900412',
    '0612345678',
    'aaaaaaaa',
    'abababab',
    'abcdefgh',
    'password',
    'Password1',
    'PASSWORD!!',
    'passw0rd',
    'P@$$w0rd2026',
    'qwertyuiop',
    '1qwerty1',
    'letmein123',
    'iloveyou!',
    'sunshine7',
    'dragondragon',
    'welcome2026!',
    'Taskwire1',
    'contraseña1',
    '  12345678',
    '          ',
  ];
  for (const password of common)
    it(`${password} is`, () => {
      assert.equal(isCommonPassword(password), true);
    });

  it('is one made of the name or the email address', () => {
    for (const password of [
      'ana.torres',
      'Ana.Torres1',
      'torres2026!',
      'anatorres',
      'ana.torres@example.com',
      'example.com1',
    ])
      assert.equal(isCommonPassword(password, ['Ana Torres', 'ana.torres@example.com']), true, password);
  });

  for (const password of [
    'the lamp by the window',
    'xk7-qpl2-vw',
    'monkeys eat lunch',
    '739284650173',
    '🦊🌲🚲🥖🧦🎻🪁🧊',
    '窗边的那盏旧灯很亮',
  ])
    it(`${password} is none`, () => {
      assert.equal(isCommonPassword(password, ['Ana', 'ana@example.com']), false);
    });
});
