import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { daysOf, readDate, usualOrder } from '../../src/lib/written-date.ts';

describe('A written date', () => {
  it('is read in every form that has one meaning', () => {
    const forms: Record<string, string[]> = {
      '2026-12-05': [
        ...['2026-12-05', '2026/12/5', '2026.12.05', '20261205', '2026-12-05T09:30', '2026-12-05 09:30:15.123'],
        ...[
          '5 Dec 2026',
          '5. December 2026',
          'Dec 5, 2026',
          'December 5th, 2026',
          'Sat, 05-Dec-26',
          '05/Dec/26 9:41 PM',
        ],
        ...['Saturday, 5 December 2026', '2026 Dec 5', '5 de diciembre de 2026', 'sábado, 5 de dic. de 2026'],
        ...[
          '5 DIC 2026',
          '2026年12月5日',
          '2026 年 12 月 5 日 星期六',
          '2026年12月5日 下午3:04',
          '２０２６年１２月５日',
        ],
        ...['5 ديسمبر 2026', '٥ ديسمبر ٢٠٢٦', '٢٠٢٦/١٢/٥'],
        ...['السبت، 5 ديسمبر 2026', '5 كانون الأول 2026', '5 دجنبر 2026', '46361', '1796428800', '1796428800000'],
      ],
      '2026-12-31': ['31/12/2026', '12/31/2026', '31.12.26', '12-31-2026', '31. 12. 2026', '12/31/2026, 11:59:59 PM'],
      '2026-05-05': ['05/05/2026', '5.5.26'],
      '1999-12-31': ['31/12/99'],
    };
    for (const [day, all] of Object.entries(forms)) {
      for (const text of all) {
        const written = readDate(text);
        assert.deepEqual(written && daysOf(written), [day], text);
      }
    }
  });

  it('has several days where only the order of its numbers tells', () => {
    for (const [text, days] of [
      ['03/04/2026', { dmy: '2026-04-03', mdy: '2026-03-04' }],
      ['3.4.26', { dmy: '2026-04-03', mdy: '2026-03-04' }],
      ['3-4-2026 10:00', { dmy: '2026-04-03', mdy: '2026-03-04' }],
      ['05-06-07', { dmy: '2007-06-05', mdy: '2007-05-06', ymd: '2005-06-07' }],
    ] as const)
      assert.deepEqual(readDate(text)?.days, days, text);
  });

  it('has its time and offset', () => {
    for (const [text, clock, offset] of [
      ['2026-12-05T01:00:00Z', '01:00:00', 'Z'],
      ['2026-12-05T01:00:00.1234567+0530', '01:00:00.123', '+05:30'],
      ['2026-12-05 01:00 UTC', '01:00:00', 'Z'],
      ['December 5, 2026 3:00 PM (GMT-8)', '15:00:00', '-08:00'],
      ['5/12/2026 12:05 a. m.', '00:05:00', null],
      ['2026年12月5日 上午12:05', '00:05:00', null],
      ['5 ديسمبر 2026 3:04 م', '15:04:00', null],
      ['2026-12-05', null, null],
    ] as const) {
      const written = readDate(text);
      assert.deepEqual([written?.clock, written?.offset], [clock, offset], text);
    }
  });

  it('is no other text, nor a day or time that does not exist', () => {
    for (const text of [
      ...[
        '',
        'soon',
        'every day',
        'next tuesday at noon',
        'Oct 5',
        'December 2026',
        '12/2026',
        '31/31/2026',
        '2026-02-30',
      ],
      ...[
        '29 Feb 2026',
        '2026-12-05 25:00',
        '2026-12-05 10:61',
        '13:00',
        '5 Dec Jan 2026',
        '1.2.3.4',
        '00/00/2026',
        '123456',
      ],
      ...['2026-12-05 13:00 PM', 'Mayor 5 2026', '5 5 Dec 2026', '—'],
    ])
      assert.equal(readDate(text), null, text);
  });

  it('is read by default as people do who speak the language of the browser', () => {
    for (const [languages, order] of [
      [['en-US', 'en'], 'mdy'],
      [['en-GB'], 'dmy'],
      [['es-MX'], 'dmy'],
      [['zh-CN'], 'ymd'],
      [['ar-EG'], 'dmy'],
      [['*'], 'dmy'],
      [['not a language', 'en-US'], 'mdy'],
      [[], 'dmy'],
    ] as const)
      assert.equal(usualOrder(languages), order, languages.join());
  });
});
