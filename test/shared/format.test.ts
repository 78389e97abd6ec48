import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { translators } from '../../src/locales/index.ts';
import { dayIn, formatDay, formatDue, formatMoment, formatTime, textIn } from '../../src/shared/format.ts';
import { locales, type Locale } from '../../src/shared/limits.ts';

const reader = (locale: Locale, timeZone = 'Europe/Madrid', now = new Date('2026-11-21T09:00:00Z')) => ({
  t: translators[locale],
  locale,
  timeZone,
  now,
});

suite('Dates', () => {
  const said: Record<string, Record<Locale, string>> = {
    '2026-11-19': { en: '2 days late', es: '2 días de retraso', zh: '逾期 2 天', ar: 'متأخرة يومين' },
    '2026-11-20': { en: '1 day late', es: '1 día de retraso', zh: '逾期 1 天', ar: 'متأخرة يومًا واحدًا' },
    '2026-11-21': { en: 'Today', es: 'Hoy', zh: '今天', ar: 'اليوم' },
    '2026-11-22': { en: 'Tomorrow', es: 'Mañana', zh: '明天', ar: 'غدًا' },
    '2026-11-27': { en: 'Fri 27 Nov', es: 'vie, 27 nov', zh: '11月27日 周五', ar: 'الجمعة 27 نوفمبر' },
    '2027-01-04': { en: 'Mon 4 Jan 2027', es: 'lun, 4 ene 2027', zh: '2027年1月4日 周一', ar: 'الاثنين 4 يناير 2027' },
  };

  for (const locale of locales) {
    test(`are formatted in ${locale}`, () => {
      for (const [day, expected] of Object.entries(said))
        assert.equal(formatDue(day, reader(locale)).text, expected[locale]);
    });
  }

  test('depend on the time zone', () => {
    const evening = new Date('2026-11-21T23:30:00Z');
    assert.equal(dayIn('Europe/Madrid', evening), '2026-11-22');
    assert.equal(dayIn('America/New_York', evening), '2026-11-21');
    assert.deepEqual(formatDue('2026-11-21', reader('en', 'Europe/Madrid', evening)), {
      text: '1 day late',
      late: true,
    });
    assert.deepEqual(formatDue('2026-11-21', reader('en', 'America/New_York', evening)), {
      text: 'Today',
      late: false,
    });
  });

  test('count days across daylight saving changes', () => {
    assert.equal(
      formatDue('2026-03-28', reader('en', 'Europe/Madrid', new Date('2026-03-30T00:30:00Z'))).text,
      '2 days late',
    );
  });

  test('have the year if it is not the current one', () => {
    assert.equal(formatDay('2024-02-29', reader('en')), 'Thu 29 Feb 2024');
  });

  test('with a time have the local time, and today nothing else', () => {
    const said = {
      en: 'Mon 4 Jan 2027, 00:05',
      es: 'lun, 4 ene 2027, 00:05',
      zh: '2027年1月4日 周一 00:05',
      ar: 'الاثنين 4 يناير 2027، 00:05',
    };
    for (const locale of locales) assert.equal(formatMoment('2027-01-03T23:05:00Z', reader(locale)), said[locale]);
    assert.equal(formatMoment('2026-11-21T22:59:00Z', reader('en')), '23:59');
    assert.equal(formatMoment('2026-11-21T23:00:00Z', reader('en')), 'Sun 22 Nov, 00:00');
  });

  test('and times are in the reader’s time zone', () => {
    assert.equal(formatTime('2026-11-21T23:30:00Z', reader('en')), '22 Nov 2026, 00:30');
  });
});

suite('Localized text', () => {
  test('is shown in the reader’s language, else in the original', () => {
    assert.equal(textIn('es', { original: 'print', es: 'imprenta' }), 'imprenta');
    assert.equal(textIn('zh', { original: 'print', es: 'imprenta' }), 'print');
    assert.equal(textIn('zh', { original: 'print', zh: '' }), 'print');
  });

  test('falls back to the nearest variant of the language', () => {
    const text = { original: 'print', es: 'imprenta', 'es-MX': 'impresión', 'zh-Hans': '打印' };
    assert.equal(textIn('es-MX', text), 'impresión');
    assert.equal(textIn('es-AR', text), 'imprenta');
    assert.equal(textIn('zh', text), '打印');
    assert.equal(textIn('ar-EG', text), 'print');
  });
});
