import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { safeRedirectPath } from '../../src/middleware/redirect-back.ts';

describe('safeRedirectPath', () => {
  for (const path of [
    '/',
    '/tasks',
    '/tasks?status=done&q=a%20b',
    '/tasks/7#notes',
    '/tasks?next=//evil.example',
    '/%09/evil.example',
    '/%0d%0aSet-Cookie:x=1',
    '/a/%2e%2e/%2fevil',
  ])
    it(`is ${path}`, () => {
      const next = safeRedirectPath(path);
      assert.ok(next);
      assert.equal(new URL(next, 'https://own.example/login').host, 'own.example');
    });

  const foreign = [
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    '/ /evil',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e//evil.example',
    'https:evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'tasks',
    '',
    '?next=/',
    '#x',
    '/\u0000',
    '/a\\b',
    undefined,
    null,
    7,
    ['/tasks'],
    { path: '/tasks' },
  ];
  for (const address of foreign)
    it(`is not ${JSON.stringify(address) ?? 'undefined'}`, () => {
      assert.equal(safeRedirectPath(address), null);
    });

  it('is idempotent', () => {
    for (const path of ['/a/./b', '/a/../b', '/tasks?x=\u00e9', '/\u{1F600}'])
      assert.equal(safeRedirectPath(safeRedirectPath(path)), safeRedirectPath(path));
  });
});
