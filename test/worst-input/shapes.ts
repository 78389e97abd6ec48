/** Inputs that are costly to judge. */

/** Texts that regular expressions, normalization and trimming may find hard; each is one unit to repeat. */
export const texts: Record<string, string> = {
  letters: 'x',
  digits: '1',
  blanks: ' ',
  'line ends': '\r\n',
  'combining marks': '\u0301\u0316',
  'accented letters': 'a\u0301',
  'dots and signs': 'a@a.',
  commas: ',',
  'halves of pairs': '😀',
  ligatures: '\uFDFA',
  markup: '<b>&',
};

export const filled = (unit: string, bytes: number): string =>
  unit.repeat(Math.max(1, Math.floor(bytes / Buffer.byteLength(unit))));

/** Elements of an array, and the number that fits. */
const listOf = (element: string, bytes: number): string =>
  `[${filled(`${element},`, Math.max(bytes - 2, element.length + 1)).slice(0, -1)}]`;
const unknownKeys = (bytes: number): string =>
  `{${Array.from({ length: Math.ceil(bytes / 12) }, (_, n) => `"k${n.toString(36).padStart(5, '0')}":0`).join(',')}}`;
const nested = (bytes: number): string => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2);

/** Values of a JSON field, of about that many bytes. */
const values: Record<string, (bytes: number) => string> = {
  numbers: (bytes) => listOf('0', bytes),
  'empty objects': (bytes) => listOf('{}', bytes),
  'empty texts': (bytes) => listOf('""', bytes),
  'unknown keys': unknownKeys,
  'objects of unknown keys': (bytes) => listOf(unknownKeys(1200), bytes),
  'nested arrays': nested,
  'nested objects': (bytes) => `${'{"a":'.repeat(bytes / 6)}0${'}'.repeat(bytes / 6)}`,
};

const objectOf = (fields: readonly string[], value: string): string =>
  `{${fields.map((field) => `${JSON.stringify(field)}:${value}`).join(',')}}`;

/**
 * JSON texts of at most that many bytes.
 * @param fields that the schema knows @param rowFields those of the elements of its long array, if it has one
 */
export function* jsonShapes(
  bytes: number,
  fields: readonly string[],
  long?: { field: string; fields: readonly string[] },
): Generator<[name: string, text: string]> {
  const each = Math.floor(bytes / Math.max(1, fields.length)) - 40;
  for (const [name, value] of Object.entries(values)) {
    yield [`${name} in every field`, objectOf(fields, value(each))];
    yield [`${name} instead of an object`, value(bytes - 100)];
  }
  for (const [name, unit] of Object.entries(texts)) {
    const text = JSON.stringify(filled(unit, Math.floor(each / 1.4)));
    if (text.length * fields.length < 2_000_000) yield [`${name} in every field`, objectOf(fields, text)];
  }
  yield ['one long key', `{${JSON.stringify('k'.repeat(bytes - 100))}:0}`];
  if (!long) return;
  const rows: Record<string, string> = {
    'rows of numbers': objectOf(long.fields, listOf('0', 300)),
    'rows of empty objects': objectOf(long.fields, listOf('{}', 300)),
    'rows of unknown keys': unknownKeys(1200),
    'rows of long texts': objectOf(long.fields, JSON.stringify('x'.repeat(1000))),
    'rows of many marks': objectOf(long.fields, JSON.stringify('\u0301\u0316'.repeat(10_000))),
    'rows that are arrays': listOf('[]', 1000),
    'empty rows': '{}',
    'rows of nothing': '0',
  };
  for (const [name, row] of Object.entries(rows)) yield [name, `{"${long.field}":${listOf(row, bytes - 100)}}`];
  yield ['one long row', `{"${long.field}":[${listOf('0', bytes - 100)}]}`];
}

/** Bodies of forms of at most that many bytes. */
export function* formShapes(bytes: number, fields: readonly string[]): Generator<[name: string, body: string]> {
  const each = Math.floor(bytes / fields.length) - 40;
  const pairs = (pair: (n: number) => string): string => {
    let body = pair(0);
    for (let n = 1; body.length + 40 < bytes; n += 1) body += `&${pair(n)}`;
    return body;
  };
  yield ['numbers in every field', pairs((n) => `${fields[n % fields.length] ?? ''}=1`)];
  yield ['unknown fields', pairs((n) => `k${String(n)}=1`)];
  yield ['nested fields', pairs((n) => `${fields[n % fields.length] ?? ''}${'[a]'.repeat(20)}=1`)];
  yield ['nothing but separators', '&'.repeat(bytes)];
  for (const [name, unit] of Object.entries(texts)) {
    const encoded = encodeURIComponent(unit);
    yield [`${name} in every field`, fields.map((field) => `${field}=${filled(encoded, each)}`).join('&')];
  }
}
