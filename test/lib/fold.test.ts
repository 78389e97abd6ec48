import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { migrationsDir } from '../../src/config/migrations.ts';
import { findWords, foldText, searchWords } from '../../src/lib/fold.ts';
import { cluster } from '../support/cluster.ts';
import { administer, C_LOCALE } from '../support/database.ts';

const DATABASE = `fold_${String(process.pid)}`;
let client: pg.Client;

/** A database whose lower() knows A to Z only, and whose regular expressions no letter beyond ASCII. */
before(async () => {
  const server = await cluster();
  await administer(server, `CREATE DATABASE ${DATABASE} TEMPLATE ${C_LOCALE}`);
  client = new pg.Client({ ...server, database: DATABASE });
  await client.connect();
  for (const name of ['fold_text', 'search_grams'])
    await client.query(readFileSync(path.join(migrationsDir, `functions/${name}_v01.sql`), 'utf8'));
});
after(async () => {
  await client.end();
  await administer(await cluster(), `DROP DATABASE ${DATABASE} WITH (FORCE)`);
});

async function inDatabase(texts: string[], keepAccents = false): Promise<string[]> {
  const { rows } = await client.query<{ folded: string }>(
    'SELECT fold_text(given, $2) AS folded FROM unnest($1::text[]) WITH ORDINALITY AS t (given, n) ORDER BY n',
    [texts, keepAccents],
  );
  return rows.map(({ folded }) => folded);
}

/** Each line is one text in several spellings. */
const alike = [
  ['Café', 'Cafe\u0301', 'CAFÉ', 'Ca\u200Bfé', 'Ｃａｆé', 'cafe', ' café ', 'Ca\u00ADfe'],
  ['Straße', 'STRASSE', 'strasse', 'Stra\u1E9Ee'],
  ['Œuvre', 'oeuvre', 'OEUVRE'],
  ['Łódź', 'lodz', 'ŁÓDŹ', 'Ło\u0301dz\u0301'],
  ['Σίσυφος', 'ΣΊΣΥΦΟΣ', 'σισυφοσ'],
  ['Ёлка', 'ЕЛКА', 'елка'],
  ['أحمد', 'احمد', 'إحمد', 'ٱحمد', 'أَحْمَدُ', 'احـمـد'],
  ['مدرسة', 'مدرسه'],
  ['علی', 'علي', 'على'],
  ['ｶﾞﾗｽ', 'ガラス'],
  ['한국', '\u1112\u1161\u11AB\u1100\u116E\u11A8'],
  ['ﬁnal ²', 'final 2'],
  ['٢٠٢٦', '2026', '۲۰۲۶', '２０２６'],
  ['don’t', "don't", 'donʼt', 'don`t', 'don´t', 'DON＇T'],
  ['re‑do', 're-do', 're–do', 're－do'],
  ['two words', 'two\u00A0words', 'two\u3000 words', 'two\nwords', 'two\u2009words'],
  ['İstanbul', 'istanbul', 'ISTANBUL', 'ıstanbul'],
  ['Tiếng Việt', 'tieng viet', 'TIẾNG VIỆT'],
];

/** What must stay apart. */
const different = [
  ['мой', 'мои'],
  ['が', 'か'],
  ['कि', 'के'],
  ['牛', '午'],
  ['do it', 'doit'],
  ['a', 'b'],
];

describe('folded text is', () => {
  for (const spellings of alike)
    it(`one for ${spellings.join(' | ')}`, async () => {
      assert.equal(new Set(spellings.map((text) => foldText(text))).size, 1, spellings.map((t) => foldText(t)).join());
      assert.deepEqual(
        await inDatabase(spellings),
        spellings.map((text) => foldText(text)),
      );
    });

  it('another one for other texts', async () => {
    for (const [one = '', other = ''] of different) {
      assert.notEqual(foldText(one), foldText(other), one);
      const [first, second] = await inDatabase([one, other]);
      assert.notEqual(first, second, one);
    }
  });

  it('with accents kept, what a name is compared by', async () => {
    for (const spellings of [
      ['Café', 'Cafe\u0301', 'CAFÉ', 'Ca\u200Bfé', 'Ｃａｆé', ' café '],
      ['ΣΊΣΥΦΟΣ', 'Σίσυφος'],
      ['Don’t', "don't"],
      ['To‑do', 'to-do', 'TO–DO'],
      ['Two words', 'two\u00A0words', 'two  words'],
    ]) {
      assert.equal(new Set(spellings.map((text) => foldText(text, true))).size, 1, spellings.join());
      assert.deepEqual(
        await inDatabase(spellings, true),
        spellings.map((text) => foldText(text, true)),
      );
    }
    assert.equal(new Set(['A', 'Ä', 'Å', 'Ø', 'O'].map((text) => foldText(text, true))).size, 5);
  });

  it('with accents kept, what an address is compared by', async () => {
    const spellings = ['JOSÉ@x', 'jose\u0301@X', 'ｊosé@x', 'jos\u200Bé@x'];
    assert.deepEqual(
      spellings.map((text) => foldText(text, true)),
      Array<string>(4).fill('josé@x'),
    );
    assert.deepEqual(await inDatabase(spellings, true), Array<string>(4).fill('josé@x'));
    assert.notEqual(foldText('jose@x', true), foldText('josé@x', true));
  });

  it('the same in a database with the locale C, for every character that both know', async () => {
    const all = Array.from({ length: 0x20_000 }, (_, code) => String.fromCodePoint(code)).filter(
      (character) => /\p{Assigned}/u.test(character) && !/[\0\p{Surrogate}]/u.test(character),
    );
    const { rows } = await client.query<{ known: boolean }>(
      'SELECT unicode_assigned(c) AS known FROM unnest($1::text[]) WITH ORDINALITY AS t (c, n) ORDER BY n',
      [all],
    );
    const characters = all.filter((_, n) => rows[n]?.known);
    for (const keepAccents of [true, false]) {
      const given = characters.map((character) => `a${character}b É`);
      const folded = await inDatabase(given, keepAccents);
      const differing = given.filter((text, n) => folded[n] !== foldText(text, keepAccents));
      assert.deepEqual(differing.slice(0, 20), []);
    }
  });
});

describe('a search', () => {
  it('looks for each word once, split at blanks, hyphens and apostrophes', () => {
    assert.deepEqual(searchWords('  Buy\u00A0MILK, e‑mail don’t buy '), ['buy', 'milk,', 'e', 'mail', 'don', 't']);
    assert.deepEqual(searchWords(' - ’ '), []);
  });

  it('knows where in a text its words are', () => {
    const marked = (text: string, query: string): string[] =>
      findWords(text, searchWords(query)).map(({ start, end }) => text.slice(start, end));
    assert.deepEqual(marked('Buy milk, soymilk and MILKSHAKE', 'milk'), ['milk', 'milk', 'MILK']);
    assert.deepEqual(marked('Send the e‑mail', 'email'), ['e‑mail']);
    assert.deepEqual(marked('Cafe\u0301 Straße', 'cafés strass'), ['Straß']);
    assert.deepEqual(marked('Cafe\u0301 Straße', 'café'), ['Cafe\u0301']);
    assert.deepEqual(marked('给植物浇水', '浇水'), ['浇水']);
    assert.deepEqual(marked('أَحْمَد والاولاد', 'احمد أولاد'), ['أَحْمَد', 'اولاد']);
    assert.deepEqual(marked('ababab', 'aba bab'), ['ababab']);
    assert.deepEqual(marked('<b>&amp;', '&amp'), ['&amp']);
    assert.deepEqual(marked('anything', ''), []);
  });
});
