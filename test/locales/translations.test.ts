import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { projectDir } from '../../src/config/env.ts';
import { nouns, translations } from '../../src/locales/index.ts';
import { locales, type Locale } from '../../src/shared/limits.ts';
import type { Messages } from '../../src/shared/translations.ts';

const PLURAL = /_(zero|one|two|few|many|other)$/;
const texts = Object.fromEntries(locales.map((locale) => [locale, flatten(translations[locale])])) as Record<
  Locale,
  Map<string, string>
>;
const keys = new Set([...texts.en.keys()].map((key) => key.replace(PLURAL, '')));
const plurals = new Set([...texts.en.keys()].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, '')));
const usages = usedKeys();

suite('Translations', () => {
  for (const locale of locales) {
    test(`${locale} has one JSON file for each noun`, () => {
      const files = readdirSync(path.join(projectDir, 'src/locales', locale)).sort();
      assert.deepEqual(
        files,
        [...nouns].sort().map((noun) => `${noun}.json`),
      );
    });

    test(`${locale} has the same keys as English`, () => {
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

    test(`${locale} has every plural form of the language`, () => {
      const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      const expected = [...plurals].flatMap((key) => forms.map((form) => `${key}_${form}`)).sort();
      assert.deepEqual([...texts[locale].keys()].filter((key) => PLURAL.test(key)).sort(), expected);
    });

    test(`${locale} has the same placeholders as English and no empty text`, () => {
      for (const [key, text] of texts[locale]) {
        assert.notEqual(text.trim(), '', key);
        // A plural form may spell out its number: "one task".
        if (PLURAL.test(key)) continue;
        assert.deepEqual(placeholdersIn(text), placeholdersIn(texts.en.get(key) ?? ''), key);
      }
    });
  }

  test('exist for every key used in views and code', () => {
    const missing = usages.filter(({ pattern }) => ![...keys].some((key) => pattern.test(key)));
    assert.deepEqual(
      missing.map(({ key, file }) => `${key} in ${file}`),
      [],
    );
  });

  test('are all used', () => {
    assert.deepEqual(
      [...keys].filter((key) => !usages.some(({ pattern }) => pattern.test(key))),
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

function placeholdersIn(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort();
}

/** Every quoted string that starts like a key. A template's `${…}` matches any one part of a key. */
function usedKeys(): { key: string; file: string; pattern: RegExp }[] {
  const quoted = new RegExp(
    `['"\`]((?:${nouns.join('|')})\\.(?=[\\w$])[\\w.]*(?:\\$\\{(?:[^{}]|\\([^()]*\\))*\\}[\\w.]*)*)['"\`]`,
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
