import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createInstance } from 'i18next';
import { translations, translators } from '../../src/locales/index.ts';
import { locales, type Locale } from '../../src/shared/limits.ts';
import { translator, type Messages, type Translate } from '../../src/shared/translations.ts';

const COUNTS = [0, 1, 2, 3, 5, 11, 100, 1_000_000];

const i18next = createInstance();
void i18next.init({
  resources: Object.fromEntries(locales.map((locale) => [locale, { translation: translations[locale] }])),
  interpolation: { escapeValue: false },
  initAsync: false,
});

suite('The translator', () => {
  for (const locale of locales) {
    test(`gives the same text as i18next in ${locale}`, () => {
      const theirs = i18next.getFixedT(locale) as Translate;
      // i18next does not isolate; that is tested below.
      const ours: Translate = (...given) => translators[locale](...given).replaceAll(/[\u2068\u2069]/g, '');
      for (const key of keysOf(translations[locale])) {
        for (const count of COUNTS) {
          const options = {
            count,
            description: 'a {{count}} <b> $t(row.today)',
            weekday: 'Fri',
            day: '27',
            month: 'Nov',
            year: '2026',
          };
          assert.equal(ours(key, options), theirs(key, options), `${key} of ${String(count)}`);
        }
        assert.equal(ours(key, { description: 'x' }), theirs(key, { description: 'x' }), key);
      }
    });
  }

  test('isolates what reads in the other direction, and nothing else', () => {
    const messages = { said: '{{who}}!' };
    const said = (locale: Locale, who: string): string => translator(locale, messages)('said', { who });
    assert.equal(said('ar', 'Buy milk (2)'), '\u2068Buy milk (2)\u2069!');
    assert.equal(said('ar', 'اشترِ 2'), 'اشترِ 2!');
    assert.equal(said('en', 'اشترِ (2)'), '\u2068اشترِ (2)\u2069!');
    assert.equal(said('zh', 'Buy 牛奶'), 'Buy 牛奶!');
    assert.equal(said('ar', 'https://example.com/invitations/x'), 'https://example.com/invitations/x!');
    assert.equal(translators.ar('tasks.deleted', { description: 'Buy milk' }).includes('\u2068Buy milk\u2069'), true);
  });

  test('returns an unknown key as it is', () => {
    assert.equal(translator('en', translations.en)('live.nothingLikeThis'), 'live.nothingLikeThis');
    assert.equal(translator('en', translations.en)('live'), 'live');
    assert.equal(translator('en', translations.en)('constructor.name'), 'constructor.name');
  });
});

/** Every key once, without plural suffixes. */
function keysOf(messages: Messages, prefix = ''): string[] {
  const keys = Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  );
  return [...new Set(keys.map((key) => key.replace(/_(zero|one|two|few|many|other)$/, '')))];
}
