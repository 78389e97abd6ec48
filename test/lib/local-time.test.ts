import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { isLocalTime, fromLocalTime, toLocalTime } from '../../src/lib/local-time.ts';

/** Those that Intl knows, and clocks that stand oddly or were put forward by half an hour or a whole day. */
const zones = [
  ...new Set([
    ...Intl.supportedValuesOf('timeZone'),
    'UTC',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Pacific/Kiritimati',
    'Africa/Casablanca',
  ]),
];
const zone = fc.constantFrom(...zones);
const moment = fc
  .date({ min: new Date('1980-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:00Z'), noInvalidDate: true })
  .map((time) => new Date(Math.floor(time.getTime() / 60_000) * 60_000));

/** Moments close to where clocks are changed, in most of the world at night. */
const nearChange = fc
  .tuple(
    fc.integer({ min: 1980, max: 2037 }),
    fc.constantFrom(2, 3, 8, 9, 10),
    fc.integer({ min: 1, max: 31 }),
    fc.integer({ min: 0, max: 1439 }),
  )
  .map(([year, month, day, minute]) => new Date(Date.UTC(year, month, day, 0, minute)));
const someMoment = fc.oneof(moment, nearChange);

suite('Local times', () => {
  test('convert back to the moment, or to the first of two with the same local time', () => {
    fc.assert(
      fc.property(zone, someMoment, (timeZone, then) => {
        const back = fromLocalTime(toLocalTime(then, timeZone), timeZone);
        assert.equal(toLocalTime(back, timeZone), toLocalTime(then, timeZone));
        assert.ok(back <= then, `${timeZone} ${then.toISOString()} → ${back.toISOString()}`);
      }),
      { numRuns: 2000 },
    );
  });

  test('show what was typed, unless daylight saving skips it', () => {
    fc.assert(
      fc.property(zone, someMoment, (timeZone, then) => {
        const typed = then.toISOString().slice(0, 16);
        const found = fromLocalTime(typed, timeZone);
        const shown = toLocalTime(found, timeZone);
        if (shown === typed) return;
        // Skipped: it is later by what the clock was put forward, and the clock jumps on the way there.
        const jump = Date.parse(`${shown}Z`) - Date.parse(`${typed}Z`);
        assert.ok(jump > 0 && jump <= 24 * 3_600_000, `${timeZone} ${typed} → ${shown}`);
        const before = Date.parse(`${toLocalTime(new Date(found.getTime() - jump), timeZone)}Z`);
        assert.ok(before < Date.parse(`${typed}Z`), `${timeZone} shows ${typed}, which it was said to skip`);
      }),
      { numRuns: 2000 },
    );
  });

  for (const [what, text, timeZone, expected] of [
    ['in winter', '2026-11-27T14:05', 'Europe/Madrid', '2026-11-27T13:05:00.000Z'],
    ['in summer', '2026-07-27T14:05', 'Europe/Madrid', '2026-07-27T12:05:00.000Z'],
    ['skipped in spring: an hour later', '2026-03-29T02:30', 'Europe/Madrid', '2026-03-29T01:30:00.000Z'],
    ['twice in autumn: the first', '2026-10-25T02:30', 'Europe/Madrid', '2026-10-25T00:30:00.000Z'],
    ['skipped by half an hour', '2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    ['on the day that Samoa left out', '2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z'],
    ['a quarter off', '2026-01-01T00:00', 'Asia/Kathmandu', '2025-12-31T18:15:00.000Z'],
    ['with seconds', '2026-11-27T14:05:30.250', 'UTC', '2026-11-27T14:05:30.250Z'],
    ['before there were zones', '1850-01-01T00:00', 'Europe/Madrid', '1850-01-01T00:14:44.000Z'],
  ] as const) {
    test(`${what}: ${text} in ${timeZone}`, () => {
      assert.equal(fromLocalTime(text, timeZone).toISOString(), expected);
    });
  }

  test('are existing dates and times', () => {
    for (const text of ['2026-11-27T14:05', '2024-02-29T00:00', '9999-12-31T23:59', '2026-11-27T14:05:59.9'])
      assert.ok(isLocalTime(text), text);
    for (const text of [
      '',
      '2026-11-27',
      '2026-02-29T10:00',
      '2026-11-31T10:00',
      '2026-11-27T24:00',
      '2026-11-27T14:60',
      '0000-01-01T00:00',
      '2026-11-27T14:05Z',
      '2026-11-27 14:05',
      '+12026-11-27T14:05',
      '٢٠٢٦-١١-٢٧T14:05',
    ]) {
      assert.ok(!isLocalTime(text), text);
    }
  });
});
