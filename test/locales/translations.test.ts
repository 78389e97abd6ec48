import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { projectDir } from '../../src/config/env.ts';
import { words } from '../../src/locales/index.ts';
import { locales, type Locale } from '../../src/shared/limits.ts';
import type { Messages } from '../../src/shared/words.ts';

const PLURAL = /_(zero|one|two|few|many|other)$/;
const texts = Object.fromEntries(locales.map((locale) => [locale, flatten(words[locale])])) as Record<
  Locale,
  Map<string, string>
>;
const keys = new Set([...texts.en.keys()].map((key) => key.replace(PLURAL, '')));
const plurals = new Set([...texts.en.keys()].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, '')));
const mentions = mentionedKeys();

suite('The words', () => {
  for (const locale of locales) {
    test(`in ${locale} leave out no key and have none of their own`, () => {
      const here = new Set([...texts[locale].keys()].map((key) => key.replace(PLURAL, '')));
      assert.deepEqual(
        [...keys].filter((key) => !here.has(key)),
        [],
        'missing',
      );
      assert.deepEqual(
        [...here].filter((key) => !keys.has(key)),
        [],
        'not in English',
      );
    });

    test(`in ${locale} have every plural form that the language has`, () => {
      const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      const expected = [...plurals].flatMap((key) => forms.map((form) => `${key}_${form}`)).sort();
      assert.deepEqual([...texts[locale].keys()].filter((key) => PLURAL.test(key)).sort(), expected);
    });

    test(`in ${locale} fill the same gaps as in English, and none is empty`, () => {
      for (const [key, text] of texts[locale]) {
        assert.notEqual(text.trim(), '', key);
        // "One task" says its number in words.
        if (PLURAL.test(key)) continue;
        assert.deepEqual(gapsIn(text), gapsIn(texts.en.get(key) ?? ''), key);
      }
    });
  }

  test('are there for every key that a view or the program names', () => {
    const missing = mentions.filter(({ pattern }) => ![...keys].some((key) => pattern.test(key)));
    assert.deepEqual(
      missing.map(({ key, file }) => `${key} in ${file}`),
      [],
    );
  });

  test('are all used', () => {
    assert.deepEqual(
      [...keys].filter((key) => !mentions.some(({ pattern }) => pattern.test(key))),
      [],
    );
  });
});

function flatten(messages: Messages, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(messages).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[prefix + key, value]] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

function gapsIn(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort();
}

/** Whatever is quoted and begins like a key; what a template fills in may be any one step of it. */
function mentionedKeys(): { key: string; file: string; pattern: RegExp }[] {
  const quoted = new RegExp(
    `['"\`]((?:${Object.keys(words.en).join('|')})\\.(?=[\\w$])[\\w.]*(?:\\$\\{(?:[^{}]|\\([^()]*\\))*\\}[\\w.]*)*)['"\`]`,
    'g',
  );
  return sources().flatMap((file) =>
    [...readFileSync(path.join(projectDir, file), 'utf8').matchAll(quoted)].map(([, key = '']) => ({
      key,
      file,
      pattern: patternOf(key),
    })),
  );
}

function patternOf(key: string): RegExp {
  const steps = key.split(/\$\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'));
  return new RegExp(`^${steps.join('\\w+')}$`);
}

function sources(): string[] {
  return ['views', 'src']
    .flatMap((folder) =>
      readdirSync(path.join(projectDir, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        path.join(folder, file),
      ),
    )
    .filter((file) => /\.(pug|ts)$/.test(file) && !file.startsWith(path.join('src', 'locales')));
}
