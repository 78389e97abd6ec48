import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CsvError, armed, readCsv, writeCsv, type CsvRow } from '../../src/lib/csv.ts';
import { WrongEncoding, decodeText } from '../../src/lib/decode-text.ts';

async function* pieces<T>(...all: T[]): AsyncGenerator<T> {
  for (const one of all) yield await Promise.resolve(one);
}
async function allOf<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of from) all.push(one);
  return all;
}
const rows = async (text: string): Promise<CsvRow[]> => allOf((await readCsv(pieces(text))).rows);
const cells = async (text: string): Promise<string[][]> => (await rows(text)).map((row) => row.cells);
const decode = async (...chunks: Buffer[]): Promise<string> => (await allOf(decodeText(pieces(...chunks)))).join('');

describe('CSV', () => {
  it('is read with commas, semicolons, tabs or bars', async () => {
    for (const sign of [',', ';', '\t', '|'])
      assert.deepEqual(await cells(`a${sign}b${sign}"x, ; y"\r\n1${sign}2${sign}"3${sign}4"\r\n`), [
        ['a', 'b', 'x, ; y'],
        ['1', '2', `3${sign}4`],
      ]);
  });

  it('has its delimiter detected from what most rows agree on, or from `sep=`', async () => {
    const files: [string, string[]][] = [
      ['"Exported: Monday, 30 November, 2026"\nTeam\n\na;b;c\n1;x, y;3\n4;"5;,,,,";6\n', ['1', 'x, y', '3']],
      ['sep=;\r\na;b\r\n1,5;x,y\r\n', ['1,5', 'x,y']],
      ['SEP=|\na|b\n1;2|3;4', ['1;2', '3;4']],
      ['a\tb\nred, blue, green\tx\none, two\ty\n', ['red, blue, green', 'x']],
      ['a;b\nx, y\n', ['x, y']],
      ['a,"b;c;d;e"\n1,"2;\n3;4;"\n', ['1', '2;\n3;4;']],
    ];
    for (const [text, expected] of files)
      assert.ok(
        (await cells(text)).some((row) => JSON.stringify(row) === JSON.stringify(expected)),
        text,
      );
    assert.deepEqual(
      (await rows('sep=;\na;b\n\n ; \n1;2')).map(({ row }) => row),
      [2, 5],
    );
  });

  it('counts rows as a spreadsheet does', async () => {
    assert.deepEqual(
      (await rows('a,b\n\n1,"two\nlines"\n,\n\n3,4')).map(({ row, cells: [first] }) => [row, first]),
      [
        [1, 'a'],
        [3, '1'],
        [6, '3'],
      ],
    );
  });

  it('names the row near unbalanced quotes', async () => {
    const wrong: [string, CsvError['kind'], number][] = [
      ['a,b\n1,2\n3,"cut off', 'cutOff', 3],
      ['a\n1"2\n', 'quote', 2],
      ['a\n"1"2\n', 'quote', 2],
      [`a\n${'x'.repeat(150_000)}\n`, 'rowTooLong', 2],
    ];
    for (const [text, kind, row] of wrong)
      await assert.rejects(
        rows(text),
        (error) => error instanceof CsvError && error.kind === kind && error.row === row,
        text.slice(0, 20),
      );
  });

  it('A38: is written so that spreadsheets take no text for a formula', () => {
    const formulas = [
      '=HYPERLINK("http://evil.example","x")',
      '+1',
      '-2+3',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '\n=1',
      '＝1+1',
      '＋1',
      '－1',
      '＠x',
    ];
    for (const formula of formulas) {
      const [written] = writeCsv([[formula, 'x']]).split(/,(?=x)/);
      assert.match(written ?? '', /^"?'/, JSON.stringify(formula));
    }
    assert.equal(writeCsv([[-1.5, '- x', null, 'plain', "it's"]]), "-1.5,'- x,,plain,it's\r\n");
  });

  it('round-trips any text', async () => {
    const text = fc
      .oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^['=+\-@\t\r\n"; ,＝]{0,5}$/))
      .filter((one) => !/[\0\p{Surrogate}]/u.test(one));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(text, { minLength: 3, maxLength: 3 }), { minLength: 1 }), async (records) => {
        const read = await cells(`x,y,z,end\r\n${writeCsv(records.map((record) => [...record, 'end']))}`);
        assert.deepEqual(
          read.slice(1).map((row) => row.slice(0, 3).map(armed)),
          records,
        );
      }),
    );
  });
});

describe('the text of a file', () => {
  const text = 'Größe 尺寸 حجم 😀';

  it('is read as UTF-8 with or without a BOM and UTF-16 with one, however it is chunked', async () => {
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), utf16, Buffer.from(utf16).swap16()]) {
      assert.equal(await decode(bytes), text);
      assert.equal(await decode(...[...bytes].map((byte) => Buffer.of(byte))), text);
    }
    assert.equal(await decode(), '');
    assert.equal(await decode(Buffer.from('a')), 'a');
  });

  it('is read as Windows-1252 where it is no UTF-8 and looks western, however it is chunked', async () => {
    for (const [bytes, expected] of [
      [Buffer.from('Größe; señal', 'latin1'), 'Größe; señal'],
      [Buffer.from([0x93, 0x43, 0x61, 0x66, 0xe9, 0x94, 0x20, 0x80, 0x35]), '“Café” €5'],
      [Buffer.from('ends in caf\u00e9', 'latin1'), 'ends in café'],
      [Buffer.from(`${'a'.repeat(70_000)}é, ñ\n`, 'latin1'), `${'a'.repeat(70_000)}é, ñ\n`],
    ] as const) {
      const found: string[] = [];
      assert.equal((await allOf(decodeText(pieces(bytes), (name) => found.push(name)))).join(''), expected);
      assert.deepEqual(found, ['windows-1252']);
      if (bytes.length < 100) assert.equal(await decode(...[...bytes].map((byte) => Buffer.of(byte))), expected);
    }
  });

  it('is rejected in any other encoding, and with a truncated character', async () => {
    for (const bytes of [
      Buffer.from(text, 'utf16le'),
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]),
      Buffer.from(`${text}ü`).subarray(0, -1),
      Buffer.from(`${text}\n\u00e9`).subarray(0, -1),
      Buffer.concat([Buffer.from('Größe '), Buffer.from('Größe', 'latin1')]),
      Buffer.from([0xff, 0xfe, 0x41]),
      // 买牛奶 in GBK, and المهمة in Windows-1256.
      Buffer.from([0x74, 0x0a, 0xc2, 0xf2, 0xc5, 0xa3, 0xc4, 0xcc]),
      Buffer.from([0x74, 0x0a, 0xc7, 0xe1, 0xe3, 0xe5, 0xe3, 0xc9]),
    ]) {
      await assert.rejects(decode(bytes), WrongEncoding, bytes.toString('hex'));
    }
  });
});
