import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { projectDir } from '../src/config/env.ts';

const textOf = (file: string): string => readFileSync(path.join(projectDir, file), 'utf8');
const text = textOf('docs/security.md');

/** The files that a document links to, from its folder. */
const linkedIn = (file: string): string[] =>
  [...textOf(file).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, to = '']) => path.join(path.dirname(file), to));

/** The numbers at the beginning of the rows. */
const rows = (number: RegExp): string[] =>
  [...text.matchAll(/^\| (\w[\w.]*) \|/gm)].map(([, name = '']) => name).filter((name) => number.test(name));

suite('docs/security.md', () => {
  test('names only files and folders that exist', () => {
    const named = text.matchAll(/`((?:bench|migrations|public|scripts|src|test|views)\/[^`\s]*)`/g);
    const paths = [
      ...[...named].map(([, file = '']) => file),
      ...linkedIn('docs/security.md'),
      ...linkedIn('SECURITY.md'),
    ];
    assert.ok(paths.length > 300);
    assert.deepEqual(
      paths.filter((file) => !existsSync(path.join(projectDir, file))),
      [],
    );
  });

  test('has each requirement of ASVS 5.0.0 at levels 1 and 2 once, in order', () => {
    const requirements = rows(/^V/);
    assert.equal(requirements.length, 253);
    const order = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
    assert.deepEqual([...new Set(requirements)].sort(order), requirements);
  });

  test('has each attack once, in order', () => {
    assert.deepEqual(
      rows(/^A/),
      Array.from({ length: 58 }, (_, index) => `A${String(index + 1)}`),
    );
  });
});
