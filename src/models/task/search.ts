/**
 * How a search finds tasks: each word somewhere in the text, in a category's name, or in the name of the assignee or of
 * another author. Texts and words are folded alike (`fold_text`), so the database's locale does not matter.
 */
import { preparedSql, type Bind } from '../../database/sql.ts';
import { visibleListIds, type Viewer } from '../../database/visible-lists.ts';
import { searchWords } from '../../lib/fold.ts';

/** A word, with the categories and people that have it in their names. */
interface SearchWord {
  text: string;
  categories: number[];
  people: number[];
  authors: number[];
}

/** Resolved for one viewer. Without any word it finds nothing. */
export interface Search {
  words: readonly SearchWord[];
  /** All that the viewer sees. */
  lists: readonly number[];
}

/** The lists that are searched. */
export const searchedLists = ({ lists }: Search, list: number | undefined): readonly number[] =>
  list === undefined ? lists : lists.filter((id) => id === list);

/** @returns null where nothing is searched for */
export async function resolveSearch(viewer: Viewer, q: string | undefined): Promise<Search | null> {
  if (q === undefined || q === '') return null;
  const texts = searchWords(q);
  if (texts.length === 0) return { words: [], lists: [] };
  const rows = await preparedSql<{ n: number; kind: Kind; ids: number[] }>(RESOLVED, [viewer.id, texts]);
  const idsOf = (kind: Kind, n: number): number[] => rows.find((row) => row.kind === kind && row.n === n)?.ids ?? [];
  return {
    words: texts.map((text, index) => {
      const people = idsOf('people', index + 1);
      const authors = people.filter((id) => id !== viewer.id);
      return { text, categories: idsOf('categories', index + 1), people, authors };
    }),
    lists: idsOf('lists', 0),
  };
}

type Kind = 'categories' | 'people' | 'lists';

/** Conditions on `tasks`: all must hold. */
export const searchConditions = (words: readonly SearchWord[], bind: Bind): string[] =>
  words.length === 0
    ? ['false']
    : words.map(
        (word) => `(${[`strpos(search_text, ${bind(word.text)}) > 0`, ...nameConditions(word, bind)].join(' OR ')})`,
      );

function nameConditions({ categories, people, authors }: SearchWord, bind: Bind): string[] {
  return [
    ...(categories.length > 0
      ? [
          `EXISTS (SELECT FROM task_categories tc
            WHERE tc.task_id = tasks.id AND tc.category_id = ANY(${bind(categories)}::integer[]))`,
        ]
      : []),
    ...(people.length > 0 ? [`assignee_id = ANY(${bind(people)}::integer[])`] : []),
    ...(authors.length > 0 ? [`user_id = ANY(${bind(authors)}::integer[])`] : []),
  ];
}

interface Selection {
  columns: string;
  /** On `tasks`: all must hold. */
  conditions: string[];
  list: number | undefined;
  inTrash: boolean;
}

/**
 * A query for all tasks that are found, in no order. OFFSET 0 keeps it from being walked in the order of the query
 * around it, until enough is found.
 */
export function foundTasks(search: Search, { columns, conditions, list, inTrash }: Selection, bind: Bind): string {
  const { words } = search;
  const all = [...conditions, ...searchConditions(words, bind)];
  if (words.length === 0) return `SELECT ${columns} FROM tasks WHERE ${all.join(' AND ')}`;
  const lists = `${bind(searchedLists(search, list))}::integer[]`;
  const inText = words.filter((word) => nameConditions(word, () => '').length === 0);
  if (inText.length > 0) return inEachList(columns, lists, [gramCondition(inText, bind), ...all]);
  // Every word is in a name too: the longest narrows the search down, wherever it is.
  const longest = words.reduce((one, other) => (other.text.length > one.text.length ? other : one));
  const { categories, people, authors } = longest;
  const found = [
    inEachList('id', lists, [gramCondition([longest], bind)]),
    `SELECT task_id FROM task_categories WHERE category_id = ANY(${bind(categories)}::integer[])`,
    `SELECT id FROM tasks WHERE assignee_id = ANY(${bind(people)}::integer[]) AND list_id = ANY(${lists})`,
    `SELECT id FROM tasks WHERE user_id = ANY(${bind(authors)}::integer[]) AND list_id = ANY(${lists})
      AND deleted_at IS ${inTrash ? 'NOT NULL' : 'NULL'}`,
  ];
  // An array: for a join, the planner looked through all tasks (16 s instead of 2.5, with a million of one author).
  return `SELECT ${columns} FROM tasks WHERE list_id = ANY(${lists})
    AND id = ANY(ARRAY(${found.map((query) => `(${query})`).join(' UNION ALL ')})) AND ${all.join(' AND ')} OFFSET 0`;
}

/** List by list, or the index may be read for a word that is rare here and common in the lists of others. */
const inEachList = (columns: string, lists: string, conditions: string[]): string =>
  `SELECT in_list.* FROM unnest(${lists}) searched (id) CROSS JOIN LATERAL (
    SELECT ${columns} FROM tasks WHERE list_id = searched.id AND ${conditions.join(' AND ')} OFFSET 0
  ) in_list`;

const gramCondition = (words: readonly SearchWord[], bind: Bind): string =>
  `search_grams(search_text) @@ ${bind(gramQuery(words))}::tsquery`;

const GRAM = 3;

/** For `search_grams`: every three characters of the words, and shorter words as the beginning of three. */
function gramQuery(words: readonly SearchWord[]): string {
  // A single character of an alphabet is in too many texts to narrow a search down.
  const telling = words.filter(({ text }) => text.length > 1 || text > '\x7F');
  const grams = (telling.length > 0 ? telling : words).flatMap(({ text }) => {
    const characters = [...text];
    return characters.length < GRAM
      ? [`${quoted(text)}:*`]
      : characters.slice(0, 1 - GRAM).map((_, n) => quoted(characters.slice(n, n + GRAM).join('')));
  });
  return [...new Set(grams)].join(' & ');
}

/** As a lexeme of a tsquery. */
const quoted = (gram: string): string => `'${gram.replace(/['\\]/g, '$&$&')}'`;

/** The categories and people whose names have the words, a category in any of its languages; and the viewer's lists. */
const RESOLVED = `
  SELECT n::integer, 'categories' AS kind, array_agg(c.id) AS ids
  FROM unnest($2::text[]) WITH ORDINALITY AS w (word, n)
  JOIN categories c ON strpos(c.search_text, word) > 0 AND c.list_id IN ${visibleListIds('$1')} GROUP BY n
  UNION ALL
  SELECT n::integer, 'people', array_agg(u.id)
  FROM unnest($2::text[]) WITH ORDINALITY AS w (word, n)
  JOIN users u ON strpos(u.search_text, word) > 0 AND (u.id = $1 OR u.id IN (
    SELECT others.user_id FROM memberships mine JOIN memberships others ON others.team_id = mine.team_id
    WHERE mine.user_id = $1
  )) GROUP BY n
  UNION ALL
  SELECT 0, 'lists', array_agg(id) FROM ${visibleListIds('$1')} visible`;
