import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { defaultBounds } from '../../src/lib/bounds.ts';
import { MAX_ERRORS, ValidationError, type FieldError } from '../../src/lib/errors.ts';
import { defaultRow, InvalidJsonError, readJsonStream } from '../../src/lib/json-stream.ts';
import { parse } from '../../src/lib/parse.ts';
import { hasTooManyMarks } from '../../src/lib/text-validity.ts';

const errorsOf = (work: () => unknown): FieldError[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof ValidationError) return error.errors;
    throw error;
  }
  return [];
};
const anything = z.record(z.string(), z.unknown());
const nested = (levels: number): unknown => (levels === 0 ? 0 : { a: nested(levels - 1) });
const objectOf = (keys: number): object => Object.fromEntries(Array.from({ length: keys }, (_, n) => [`k${n}`, 0]));

describe('parse', () => {
  const { values, items, keys, depth, text } = defaultBounds;
  const rows: [what: string, within: unknown, over: unknown, message: string, path: string][] = [
    ['elements', { a: Array(items).fill(0) }, { a: Array(items + 1).fill(0) }, 'errors.tooManyItems', 'a'],
    ['elements further in', {}, { a: { b: [[], Array(items + 1).fill(0)] } }, 'errors.tooManyItems', 'a.b.1'],
    ['keys', objectOf(keys), objectOf(keys + 1), 'errors.tooManyKeys', ''],
    ['keys further in', { a: objectOf(keys) }, { a: objectOf(keys + 1) }, 'errors.tooManyKeys', 'a'],
    ['levels', nested(depth), nested(depth + 1), 'errors.tooDeep', Array(depth).fill('a').join('.')],
    ['text', { a: 'x'.repeat(text - 1) }, { a: 'x'.repeat(text) }, 'errors.tooMuchText', ''],
    [
      'values',
      { a: Array(98).fill(Array(100).fill(0)) },
      { a: Array(100).fill(Array(100).fill(0)) },
      'errors.tooManyValues',
      '',
    ],
  ];
  for (const [what, within, over, message, path] of rows)
    it(`refuses too many ${what} with one error that says where and what to do`, () => {
      assert.deepEqual(
        errorsOf(() => parse(anything, within)),
        [],
      );
      const max = { values, items, keys, depth, text }[
        message.includes('Items')
          ? 'items'
          : message.includes('Keys')
            ? 'keys'
            : message.includes('Deep')
              ? 'depth'
              : message.includes('Text')
                ? 'text'
                : 'values'
      ];
      assert.deepEqual(
        errorsOf(() => parse(anything, over)),
        [{ path, message, params: { max } }],
      );
    });

  it('takes the bounds that an input states', () => {
    assert.deepEqual(
      errorsOf(() => parse(anything, { a: Array(500).fill(0) }, { items: 500 })),
      [],
    );
    assert.equal(errorsOf(() => parse(anything, { a: [0, 0, 0] }, { items: 2 }))[0]?.message, 'errors.tooManyItems');
  });

  it('collects at most a hundred errors, each with a short name', () => {
    const many = z.strictObject({ a: z.array(z.strictObject({ b: z.array(z.string()) })) });
    const wrong = { a: Array(50).fill({ b: Array(50).fill(0), ['x'.repeat(1000)]: 0 }), ...objectOf(90) };
    const errors = errorsOf(() => parse(many, wrong));
    assert.equal(errors.length, MAX_ERRORS);
    for (const { path } of errors) assert.ok(path.length < 250, path);
    assert.equal(errorsOf(() => parse(z.strictObject({}), objectOf(100))).length, MAX_ERRORS);
  });

  it('finds text with more marks on a letter than normalization can bear', () => {
    assert.equal(hasTooManyMarks(`${'a\u0301'.repeat(10_000)}e${'\u0323'.repeat(100)}`), false);
    const errors = errorsOf(() => parse(anything, { a: `x${'\u0301\u0316'.repeat(51)}`, b: ['\ud800'] }));
    assert.deepEqual(errors, [
      { path: 'a', message: 'errors.tooManyMarks' },
      { path: 'b', message: 'errors.textBroken' },
    ]);
  });
});

describe('readJsonStream', () => {
  const bounds = { rows: 5, row: { values: 20, text: 200 }, rest: 300, values: 60 };
  async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
    for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
  }
  const read = async (text: string, size = text.length, own = bounds) => {
    const rows: unknown[] = [];
    const rest = await readJsonStream(piecesOf(text, size), 'docs', own, (row, index) => {
      assert.equal(index, rows.length);
      rows.push(row);
    });
    return { rest, rows };
  };
  const refused = (text: string, own = bounds): Promise<unknown> =>
    read(text, 7, own).then(
      () => 'read',
      (error: unknown) => (error instanceof ValidationError ? error.errors[0] : error),
    );

  const right: [text: string, rest: unknown, rows: unknown[]][] = [
    [
      '{"a":1,"docs":[{"b":[1,2]}, "x,]}\\"[", 3 ,[],null],"c":[{"docs":[1]}]}',
      { a: 1, docs: [], c: [{ docs: [1] }] },
      [{ b: [1, 2] }, 'x,]}"[', 3, [], null],
    ],
    ['{"docs" : [ ] , "a":"docs"}', { docs: [], a: 'docs' }, []],
    ['{"docs":[[[]]]}', { docs: [] }, [[[]]]],
    ['{"docs":{"docs":[1]}}', { docs: { docs: [1] } }, []],
    ['[1,{"docs":[2]}]', [1, { docs: [2] }], []],
    ['{"docs":7}', { docs: 7 }, []],
    ['"docs"', 'docs', []],
    ['{"docs":["\\\\",",]"]}', { docs: [] }, ['\\', ',]']],
  ];
  it('gives the elements one by one and the rest, wherever the text is cut', async () => {
    for (const [text, rest, rows] of right)
      for (let size = 1; size <= text.length; size += 1)
        assert.deepEqual(await read(text, size), { rest, rows }, `${text} in pieces of ${size}`);
  });

  it('refuses what is not JSON', async () => {
    for (const text of [
      '',
      '{',
      '{"docs":[1,]}',
      '{"docs":[,1]}',
      '{"docs":[1}',
      '{"docs":[1]',
      '{"docs":[{]}]}',
      '{"docs":["]}',
      '{}}',
      '{"docs":[1],}',
    ])
      assert.ok((await refused(text)) instanceof InvalidJsonError, text);
  });

  it('stops at what is over its bound, before anything of it is parsed', async () => {
    const { rows, row, rest, values } = bounds;
    const cases: [text: string, path: string, message: string, max: number][] = [
      [`{"docs":[${'0,'.repeat(6)}`, 'docs', 'errors.tooManyItems', rows],
      [`{"docs":[0,[${'0,'.repeat(20)}`, 'docs.1', 'errors.tooManyValues', row.values],
      [`{"docs":[0,"${'x'.repeat(210)}`, 'docs.1', 'errors.tooMuchText', row.text],
      [`{"a":"${'x'.repeat(310)}`, '', 'errors.tooMuchText', rest],
      [' '.repeat(310), '', 'errors.tooMuchText', rest],
      [`{"a":[${'{},'.repeat(31)}`, '', 'errors.tooManyValues', values],
      ['['.repeat(70), '', 'errors.tooManyValues', values],
    ];
    for (const [text, path, message, max] of cases)
      assert.deepEqual(await refused(text), { path, message, params: { max } }, text);
  });

  it('lets others in between', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const text = `{"docs":[${Array(20_000)
      .fill(`{"a":"${'x'.repeat(200)}"}`)
      .join(',')}]}`;
    await read(text, 65_536, { rows: 20_000, row: defaultRow, rest: 100, values: 100_000 });
    clearInterval(timer);
    assert.ok(turns > 0);
  });
});
