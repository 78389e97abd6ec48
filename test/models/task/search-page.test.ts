import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Cursor } from '../../../src/database/cursor.ts';
import { sql } from '../../../src/database/sql.ts';
import type { Viewer } from '../../../src/database/visible-lists.ts';
import { searchWords } from '../../../src/lib/fold.ts';
import { createCategory } from '../../../src/models/category/commands.ts';
import { User } from '../../../src/models/index.ts';
import { findTeamList } from '../../../src/models/list/queries.ts';
import type { TaskFilters } from '../../../src/models/task/filters.ts';
import { countTasks, findTasks, findWithBesides } from '../../../src/models/task/list-page.ts';
import { addMember, createTeam } from '../../../src/models/team/commands.ts';
import { limits } from '../../../src/shared/limits.ts';
import { openTestDatabase } from '../../support/database.ts';
import { person } from '../../support/people.ts';
import { statementsOf } from '../../support/statements.ts';

/** So many that the open ones are more than are looked through in order for a page. */
const MANY = 10_000;
/** More than are looked through at all. */
const MANY_LISTS = 32;

let database: Awaited<ReturnType<typeof openTestDatabase>>;
/** With two lists, one with many teams, and one who is in the lists of both. */
let ana: Viewer;
let kay: Viewer;
let bob: Viewer;
let teamList: number;

before(async () => {
  database = await openTestDatabase();
  [ana, kay, bob] = [await person('ana'), await person('kay'), await person('bob')];
  await User.update({ name: 'Bob Needleman' }, { where: { id: bob.id } });
  const team = await createTeam(ana, 'Garden');
  await addMember(team, ana.id, bob.id);
  teamList = (await findTeamList(team.id)).id;
  const hedge = await createCategory(ana, teamList, { name: { original: 'Hedge', es: 'Seto' }, color: 'green' });
  await fill(ana.listId, [ana], MANY);
  await fill(teamList, [ana, bob], 90);
  await sql(
    `INSERT INTO task_categories (task_id, category_id, list_id)
     SELECT id, $1, $2 FROM tasks WHERE list_id = $2 AND id % 9 = 0`,
    [hedge.id, teamList],
  );
  for (let n = 0; n < MANY_LISTS; n += 1) {
    const other = await createTeam(kay, `Team ${String(n)}`);
    if (n === 0) await addMember(other, kay.id, bob.id);
    await fill((await findTeamList(other.id)).id, n === 0 ? [kay, bob] : [kay], 20);
  }
});
after(() => database.close());

/** The first is the newest. Pairs share a time, so that only the id orders them. */
const fill = (listId: number, [author, other = author]: [Viewer, Viewer?], count: number) =>
  sql(
    `INSERT INTO tasks (list_id, user_id, assignee_id, description, notes, completed_at, due_on, position,
       available_from, deleted_at, created_at)
     SELECT $1, CASE WHEN n % 4 = 0 THEN $3::integer ELSE $2 END, CASE WHEN n % 6 = 0 THEN $3::integer END,
       concat_ws(' ', 'Task', n,
         CASE WHEN n % 4 = 1 THEN 'common' END,
         CASE WHEN n > $4 * 0.93 THEN 'bygone' END,
         CASE WHEN n % 3 = 0 AND n % 2 = 0 THEN 'finished' END,
         CASE WHEN n % 300 = 0 THEN 'achieved' END,
         CASE WHEN n % 50 = 7 THEN 'thrown' END,
         CASE WHEN n % 700 = 10 THEN 'needle 大海捞针' END,
         CASE WHEN n % 40 = 3 THEN 'Ёлка' END),
       CASE WHEN n % 13 = 2 THEN 'hedge of common notes' END,
       CASE WHEN n % 3 = 0 THEN $5::timestamptz - (n % 500) * interval '1 minute' END,
       CASE WHEN n % 7 = 0 THEN '2026-11-01'::date + (n % 11)::integer END,
       CASE WHEN n % 5 = 0 THEN (n % 17)::double precision END,
       CASE WHEN n % 11 = 4 THEN '2999-01-01'::timestamptz END,
       CASE WHEN n % 50 = 7 THEN $5::timestamptz - (n % 300) * interval '1 minute' END,
       $5::timestamptz - (n / 2) * interval '1 minute'
     FROM generate_series(1, $4::integer) n`,
    [listId, author.id, other.id, count, new Date()],
  );

interface Plain {
  id: number;
  status: 'open' | 'done' | 'scheduled';
  list: number;
}

/** Every task that has the words, without any index: the order is the one of the page. */
async function plainly(viewer: Viewer, q: string, order: string, inTrash: boolean): Promise<Plain[]> {
  const words = searchWords(q);
  return sql<Plain>(
    `SELECT t.id, t.list_id AS list,
       CASE WHEN t.completed_at IS NOT NULL THEN 'done' WHEN t.available THEN 'open' ELSE 'scheduled' END AS status
     FROM tasks t LEFT JOIN users author ON author.id = t.user_id AND author.id <> $1
       LEFT JOIN users assignee ON assignee.id = t.assignee_id
       LEFT JOIN (
         SELECT task_id, string_agg(search_text, E'\\n') AS names
         FROM task_categories JOIN categories ON categories.id = category_id GROUP BY task_id
       ) c ON c.task_id = t.id
     WHERE (t.list_id IN (SELECT id FROM lists WHERE user_id = $1)
         OR t.list_id IN (SELECT l.id FROM lists l JOIN memberships m USING (team_id) WHERE m.user_id = $1))
       AND (t.deleted_at IS NOT NULL) = $2 AND cardinality($3::text[]) > 0
       AND NOT EXISTS (
         SELECT FROM unnest($3::text[]) word WHERE strpos(
           concat_ws(E'\\n', t.search_text, author.search_text, assignee.search_text, c.names), word) = 0
       )
     ORDER BY ${order}`,
    [viewer.id, inTrash, words],
  );
}

const NEWEST = 't.created_at DESC, t.id DESC';
const orders: Record<string, string> = {
  newest: NEWEST,
  due: 't.due_on NULLS LAST, t.id',
  order: 't.position NULLS LAST, t.id',
};
const orderOf = ({ status, sort }: TaskFilters): string =>
  status === 'trash'
    ? 't.deleted_at DESC, t.id DESC'
    : status === 'done'
      ? 't.completed_at DESC, t.id DESC'
      : (orders[sort as string] ?? '');

const isShown =
  ({ status, list }: TaskFilters) =>
  (task: Plain): boolean =>
    (status === 'all' || status === 'trash' || task.status === status) && (list === undefined || task.list === list);

/** Compares the pages with the plain query, until the last one or so many, and what is found besides. */
async function compare(viewer: Viewer, filters: TaskFilters, most = 4): Promise<void> {
  const q = filters.q ?? '';
  const shown = (await plainly(viewer, q, orderOf(filters), filters.status === 'trash')).filter(isShown(filters));
  const others = (await plainly(viewer, q, NEWEST, false)).filter((task) => !isShown(filters)(task));
  const context = JSON.stringify({ viewer: viewer.name, ...filters });
  let cursor: Cursor | null = null;
  for (let page = 0; page < most; page += 1) {
    const found: Awaited<ReturnType<typeof findWithBesides>> =
      filters.status === 'trash'
        ? { page: await findTasks(viewer, filters, cursor), also: null }
        : await findWithBesides(viewer, filters, cursor);
    const from = page * limits.page;
    assert.deepEqual(
      found.page.tasks.map(({ id }) => id),
      shown.slice(from, from + limits.page).map(({ id }) => id),
      `page ${String(page + 1)} of ${context}`,
    );
    const isLast = from + limits.page >= shown.length;
    assert.equal(found.page.next === null, isLast, context);
    if (isLast) {
      const expected = filters.status === 'trash' ? [] : others;
      assert.deepEqual(
        (found.also?.tasks ?? []).map(({ id }) => id),
        expected.slice(0, limits.also).map(({ id }) => id),
        `besides ${context}`,
      );
      assert.equal(found.also?.more ?? false, expected.length > limits.also, context);
      return;
    }
    assert.deepEqual(found.also?.tasks ?? [], [], context);
    cursor = found.page.next;
  }
}

describe('a search finds what a plain query does', () => {
  const queries = {
    'that many have': 'common',
    'that many of the oldest have': 'bygone',
    'that only some done ones have': 'achieved',
    'that only done ones have': 'finished',
    'that only the trash has': 'thrown',
    'that is in a name and in texts': 'needle',
    "that is in a category's name and in notes": 'hedge',
    'of one character': '针',
    'of one letter': 'x',
    'in another script': 'елка',
    'of digits': '77',
    'of which one is in a name': 'seto task',
    'of which each is in a name': 'needleman hedge',
    'that many have, and one that few do': 'needle common',
    'that nothing has': 'nowhere',
    'that are no words': '- ’',
  };
  for (const [kind, q] of Object.entries(queries))
    it(`for words ${kind}`, async () => {
      for (const status of ['open', 'done', 'scheduled', 'all', 'trash'] as const)
        await compare(ana, { status, sort: 'newest', q });
      for (const list of [ana.listId, teamList]) await compare(ana, { status: 'open', sort: 'newest', list, q });
      await compare(kay, { status: 'open', sort: 'newest', q });
      await compare(kay, { status: 'open', sort: 'newest', list: kay.listId, q });
    });

  it('for any words, orders, statuses, lists and people', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          viewer: fc.constantFrom('ana', 'bob', 'kay'),
          words: fc.uniqueArray(fc.constantFrom(...Object.values(queries), '1', 'ta', '大海', 'bob'), {
            minLength: 1,
            maxLength: 2,
          }),
          status: fc.constantFrom('open', 'done', 'scheduled', 'all', 'trash'),
          sort: fc.constantFrom('newest', 'due', 'order'),
          list: fc.constantFrom('all', 'own', 'team'),
        }),
        async ({ viewer, words, status, sort, list }) => {
          const asking = { ana, bob, kay }[viewer];
          const lists = { all: undefined, own: asking.listId, team: teamList };
          await compare(asking, { status, sort, list: lists[list], q: words.join(' ') }, 2);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('on pages of any size', async () => {
    for (const [q, sort] of [
      ['needle', 'newest'],
      ['bygone', 'due'],
      ['achieved', 'order'],
      ['common', 'due'],
    ] as const) {
      const filters: TaskFilters = { status: 'all', sort, q };
      const expected = (await plainly(ana, q, orderOf(filters), false)).map(({ id }) => id);
      for (const size of [1, 7, 200]) {
        const found: number[] = [];
        let cursor: Cursor | null = null;
        for (let page = 0; page < 5; page += 1) {
          const { tasks, next }: Awaited<ReturnType<typeof findTasks>> = await findTasks(ana, filters, cursor, size);
          found.push(...tasks.map(({ id }) => id));
          cursor = next;
          if (!cursor) break;
        }
        assert.deepEqual(found, expected.slice(0, 5 * size), `${q} by ${sort}, ${String(size)} at a time`);
      }
      assert.equal(await countTasks(ana, filters), expected.length);
    }
  });
});

describe('a search', () => {
  const statementsFor = (filters: Partial<TaskFilters>): Promise<string[]> =>
    statementsOf(database.sequelize, () => findWithBesides(ana, { status: 'open', sort: 'newest', ...filters }, null));

  it('walks through the first tasks once, and uses the index once for all that it finds', async () => {
    const uses = (statements: string[]): string[] =>
      statements
        .map((text) => (text.includes('search_grams') ? 'index' : text.includes('strpos(search_text') ? 'walk' : ''))
        .filter((use) => use !== '');
    assert.deepEqual(uses(await statementsFor({ q: 'common' })), ['walk']);
    assert.deepEqual(uses(await statementsFor({ q: 'achieved' })), ['walk', 'index']);
    // Of few scheduled tasks all were looked through, and another list may have many: what else matches comes in order.
    assert.deepEqual(uses(await statementsFor({ q: 'achieved', status: 'scheduled' })), [
      'walk',
      'index',
      'walk',
      'index',
    ]);
    assert.deepEqual(uses(await statementsFor({ q: 'common', list: teamList })), ['walk', 'index', 'walk']);
  });

  it('shows nothing that left the viewer’s lists, or the trash, between finding and reading it', async () => {
    const { tasks } = await findTasks(ana, { status: 'open', sort: 'newest', q: 'needle', list: ana.listId });
    const [first, second] = tasks;
    assert.ok(first && second);
    const shown = await afterFinding(
      async () => {
        await sql('UPDATE tasks SET list_id = $1 WHERE id = $2', [kay.listId, first.id]);
        await sql('UPDATE tasks SET deleted_at = now() WHERE id = $1', [second.id]);
      },
      () => findTasks(ana, { status: 'open', sort: 'newest', q: 'needle', list: ana.listId }),
    );
    assert.deepEqual(
      shown.tasks.map(({ id }) => id),
      tasks.slice(2).map(({ id }) => id),
    );
  });

  /** Makes the change as soon as the index was asked, which every search for few does before it reads their records. */
  async function afterFinding<T>(change: () => Promise<unknown>, search: () => Promise<T>): Promise<T> {
    const { sequelize } = database;
    const query = sequelize.query.bind(sequelize) as (...args: unknown[]) => Promise<unknown>;
    let changed = false;
    Object.assign(sequelize, {
      query: async (text: string, ...rest: unknown[]) => {
        const answer = await query(text, ...rest);
        if (!changed && text.includes('search_grams')) {
          changed = true;
          await change();
        }
        return answer;
      },
    });
    try {
      return await search();
    } finally {
      Object.assign(sequelize, { query });
      assert.ok(changed);
    }
  }
});
