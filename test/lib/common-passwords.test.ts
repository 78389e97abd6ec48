import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isCommonPassword } from '../../src/lib/common-passwords.ts';

describe('common passwords', () => {
  const common = [
    'trustno1',
    'TrustNo1',
    '1qaz2wsx',
    '1QAZ2wsx',
    '1q2w3e4r',
    'Q1W2e3r4',
    'ncc1701d',
    'zaq12wsx',
    'qq8461937',
    'Butterfly!2026',
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
    it(`include ${password}`, async () => {
      assert.equal(await isCommonPassword(password), true);
    });

  it('include those made of the name or the email address', async () => {
    for (const password of [
      'ana.torres',
      'Ana.Torres1',
      'torres2026!',
      'anatorres',
      'ana.torres@example.com',
      'example.com1',
    ])
      assert.equal(await isCommonPassword(password, ['Ana Torres', 'ana.torres@example.com']), true, password);
  });

  for (const password of [
    'the lamp by the window',
    'xk7-qpl2-vw',
    'monkeys eat lunch',
    'correct horse battery staple',
    'trustno1 of the seven',
    'kw4n-jeplo-r3tta',
    'Vermeer,1665: Girl',
    '739284650173',
    '🦊🌲🚲🥖🧦🎻🪁🧊',
    '窗边的那盏旧灯很亮',
  ])
    it(`do not include ${password}`, async () => {
      assert.equal(await isCommonPassword(password, ['Ana', 'ana@example.com']), false);
    });
});
