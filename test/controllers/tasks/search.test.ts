import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addMember, createTeam } from '../../../src/models/team/commands.ts';
import { createCategory } from '../../../src/models/category/commands.ts';
import { findTeamList } from '../../../src/models/list/queries.ts';
import { completeTask, createTask, moveToTrash } from '../../../src/models/task/commands.ts';
import { User } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { C_LOCALE } from '../../support/database.ts';
import { programOf, type Program } from '../../support/program.ts';
import { createWorld, type World } from '../../support/world.ts';

/** What is stored, what finds it, and what does not. */
const table: [kind: string, stored: string, finds: string[], not: string[]][] = [
  ['words in any order', 'Water the tall plants', ['plants water', 'tall the', 'WATER PLANTS'], ['water dogs']],
  ['beginnings and parts of words', 'Renew passport online', ['pass', 'port', 'onl ren', 'e'], ['passed']],
  ['case and accents', 'Réserver un café à Málaga', ['cafe malaga', 'CAFÉ', 're\u0301server', 'MÁLAGA'], ['cofe']],
  ['sharp s and ligatures', 'Die große Straße, œuvre', ['strasse', 'GROSSE', 'oeuvre', 'straß'], ['strase']],
  ['strokes', 'Spakować się do Łodzi, smørrebrød', ['lodzi', 'ŁODZI', 'smorrebrod', 'sie'], ['kodzi']],
  ['Turkish i', 'İstanbul bileti, ışık', ['istanbul', 'ISTANBUL', 'isik'], ['estanbul']],
  ['Vietnamese', 'Mua vé máy bay đi Đà Nẵng', ['da nang', 'đà nẵng', 've may'], ['hanoi']],
  ['Greek', 'Τηλεφώνησε στον Γιώργο, ο λόγος', ['γιωργο', 'ΤΗΛΕΦΩΝΗΣΕ', 'ΛΟΓΟΣ', 'λογοσ'], ['γιαννη']],
  ['Cyrillic', 'Купить ёлку и чай', ['елку', 'ЧАЙ', 'купить чай', 'пит'], ['чаи']],
  ['Arabic', 'اِتَّصِلْ بأحمد غدًا في المدرسة', ['احمد', 'إحمد', 'اتصل', 'غدا', 'المدرسه'], ['محمود']],
  ['Persian letters', 'کتاب علی', ['كتاب', 'علي', 'على'], ['حسن']],
  ['Chinese', '每天给植物浇水', ['浇水', '植', '植物 每天', '给植物浇'], ['花园']],
  ['Japanese in half width', 'ガラスを買う', ['ｶﾞﾗｽ', '買', 'ガラ'], ['カラス']],
  ['Korean', '우유와 빵 사기', ['우유', '\u110B\u116E\u110B\u1172', '빵'], ['물']],
  ['Thai', 'ซื้อนมและไข่', ['นม', 'ไข่'], ['ข้าว']],
  ['Hindi', 'दूध और किताब खरीदना', ['किताब', 'दूध'], ['केताब']],
  ['full width', 'ＡＢＣ－１２３ を確認', ['abc-123', 'ABC', '123'], ['124']],
  ['apostrophes', 'Don’t forget l’école', ["don't", 'dont', 'donʼt', "l'ecole", 'ecole'], ['won’t']],
  ['hyphens', 'Reply to the e‑mail about check-in', ['email', 'e-mail', 'checkin', 'check–in', 'check in'], ['chuck']],
  ['no-break blanks', 'Send\u00A0100\u202F000 letters', ['send 100', '100 000', 'send\u00A0letters'], ['200']],
  ['invisible characters', 'pre\u00ADmium zero\u200Bwidth', ['premium', 'zerowidth', 'prem\u200Dium'], ['zero-with']],
  ['digits of other scripts', 'الفصل ١٢ صفحة ۴۵', ['12', '45', '١٢'], ['13']],
  ['signs', '100% sure_thing \\o/ "quoted" (a&b)', ['100%', 'sure_', '\\o/', '“quoted”', 'a&b', "%'"], ['100% surf']],
  ['emoji', 'Birthday 🎂 party 👩🏽‍🍳', ['🎂', 'party 🎂', '👩🏽‍🍳'], ['🎈']],
];

for (const [locale, template] of [
  ['ICU', undefined],
  ['C', C_LOCALE],
] as const) {
  describe(`in a database with the locale ${locale}, a search`, () => {
    let app: TestApp;
    let world: World;
    let program: Program;
    before(async () => {
      app = await startApp({ rateLimits: false }, undefined, template);
      world = await createWorld(app);
      program = await programOf(app, world.ana);
      const { ana } = world;
      for (const [, description] of table) {
        await createTask(ana.viewer, { listId: ana.list.id, description });
        await createTask(ana.viewer, { listId: ana.list.id, description: 'See the notes', notes: `x\n${description}` });
      }
    });
    after(() => app.close());

    const found = async (q: string, more: Record<string, string> = {}): Promise<string[]> => {
      const { status, body } = await program.get<{ description: string; notes: string | null }[]>('/tasks', {
        'filter[q]': q,
        limit: '200',
        ...more,
      });
      assert.equal(status, 200, q);
      return body.map(({ description, notes }) => (notes ? `notes: ${notes.slice(2)}` : description));
    };

    for (const [kind, stored, finds, not] of table)
      it(`folds ${kind}, in descriptions and notes`, async () => {
        for (const q of finds) {
          const results = await found(q);
          assert.ok(results.includes(stored.normalize()), `${q}: ${results.join(' | ')}`);
          assert.ok(results.includes(`notes: ${stored.normalize()}`), `${q}, in notes`);
        }
        for (const q of not) assert.deepEqual(await found(q), [], q);
      });

    it('counts what it finds, and pages through it', async () => {
      const { headers, body } = await program.get<unknown[]>('/tasks', {
        'filter[q]': 'see notes',
        count: 'true',
        limit: '7',
      });
      assert.equal(headers.get('x-total-count'), String(table.length));
      assert.equal(body.length, 7);
      assert.match(headers.get('link') ?? '', /rel="next"/);
    });

    it('in any other order finds the same', async () => {
      const byText = await found('see notes', { sort: 'description,-id' });
      assert.equal(byText.length, table.length);
      assert.deepEqual([...byText].sort(), [...(await found('notes see'))].sort());
    });
  });
}

describe('a search', () => {
  let app: TestApp;
  let world: World;
  before(async () => {
    app = await startApp({ rateLimits: false });
    world = await createWorld(app);
    const { ana, bob, eve } = world;
    await User.update({ name: 'Bob O’Néill' }, { where: { id: bob.user.id } });
    const team = await createTeam(ana.viewer, 'Garden');
    await addMember(team, ana.user.id, bob.user.id);
    const list = await findTeamList(team.id);
    const category = await createCategory(ana.viewer, list.id, {
      name: { original: 'Hedge-work', es: 'Seto y jardín' },
      color: 'green',
    });
    const add = (description: string, more: object = {}, viewer = ana.viewer) =>
      createTask(viewer, { listId: list.id, description, ...more });
    await add('Trim it', { categoryIds: [category.id] });
    await add('Sweep the path', { assigneeId: bob.user.id });
    await add('Written by the other', {}, bob.viewer);
    await completeTask(await add('Rake the leaves once'), ana.viewer);
    await add('Rake the leaves <b>later</b>', { availableFrom: new Date(Date.now() + 86_400_000) });
    await createTask(ana.viewer, { listId: ana.list.id, description: 'Rake at home, the leaves' });
    await add('Rake the leaves now');
    await moveToTrash(await add('Rake the leaves of the trash'), ana.viewer);
    await createTask(eve.viewer, { listId: eve.list.id, description: 'Rake the leaves of somebody else' });
    teamList = list.id;
  });
  after(() => app.close());
  let teamList = 0;

  const page = async (query: Record<string, string>): Promise<string> => {
    const { status, text } = await world.ana.client.get(`/tasks?${new URLSearchParams(query).toString()}`);
    assert.equal(status, 200);
    return text;
  };
  /** The headings and rows, in order. */
  const outline = (html: string): string[] =>
    [...html.matchAll(/<h2 class="day"[^>]*>(.*?)<\/h2>|<a class="line"[^>]*><bdi>(.*?)<\/bdi>/gs)].map(
      ([, heading, line = '']) => (heading ? `# ${heading}` : line.replace(/<[^>]+>/g, '')),
    );

  it('finds by the name of a category in every language, of the assignee, and of another author', async () => {
    for (const [q, expected] of [
      ['hedgework', ['Trim it']],
      ['jardin', ['Trim it']],
      ['trim HEDGE', ['Trim it']],
      ["o'neill sweep", ['Sweep the path']],
      ['oneill', ['Written by the other', 'Sweep the path']],
      ['bob written', ['Written by the other']],
    ] as const)
      assert.deepEqual(outline(await page({ q, list: String(teamList) })), expected, q);
  });

  it('shows what is open in the list first, then says what else matches', async () => {
    assert.deepEqual(outline(await page({ q: 'leaves rake', list: String(teamList) })), [
      'Rake the leaves now',
      '# Also found: scheduled',
      'Rake the leaves &lt;b&gt;later&lt;/b&gt;',
      '# Also found: in other lists',
      'Rake at home, the leaves',
      '# Also found: done',
      'Rake the leaves once',
    ]);
    assert.deepEqual(outline(await page({ q: 'once', list: String(teamList) })), [
      '# Also found: done',
      'Rake the leaves once',
    ]);
    assert.match(await page({ q: 'once' }), /Nothing found here\. What matches elsewhere is below\./);
  });

  it('says nothing of other results where everything is shown', async () => {
    assert.ok(!(await page({ q: 'leaves', status: 'all' })).includes('Also found'));
    assert.match(await page({ q: 'nothing like it' }), /No matching tasks\./);
  });

  it('marks what was found, and escapes everything', async () => {
    const html = await page({ q: 'LATER <b' });
    assert.ok(html.includes('Rake the leaves <mark>&lt;b</mark>&gt;<mark>later</mark>&lt;/b&gt;'), html);
    assert.ok(!html.includes('<b>later'));
  });

  it('for no word at all finds nothing, and for blanks shows the list', async () => {
    assert.deepEqual(outline(await page({ q: '- ’' })), []);
    assert.ok(outline(await page({ q: ' \u00A0' })).length > 0);
  });
});
