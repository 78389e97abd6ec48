/**
 * How a search finds tasks: each word somewhere in the text, in a category's name, or in the name of the assignee or of
 * another author. Texts and words are folded alike (`fold_text`), so the database's locale does not matter.
 */
import { sql, type Bind } from '../../database/sql.ts';
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
export type Search = readonly SearchWord[];

/** @returns null where nothing is searched for */
export async function resolveSearch(viewer: Viewer, q: string | undefined): Promise<Search | null> {
  if (q === undefined || q === '') return null;
  const texts = searchWords(q);
  if (texts.length === 0) return [];
  const named = await sql<{ n: number; kind: 'categories' | 'people'; ids: number[] }>(NAMED, [viewer.id, texts]);
  return texts.map((text, n) => {
    const ids = (kind: string): number[] => named.find((one) => one.n === n + 1 && one.kind === kind)?.ids ?? [];
    const people = ids('people');
    return { text, categories: ids('categories'), people, authors: people.filter((id) => id !== viewer.id) };
  });
}

/** Conditions on `tasks`: all must hold. */
export const searchConditions = (search: Search, bind: Bind): string[] =>
  search.length === 0
    ? ['false']
    : search.map(
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

/**
 * A condition on `tasks` that indexes serve. Every task that is found meets it, and `searchConditions` are checked for
 * those that do.
 * @param lists a subquery of the lists that are searched
 */
export function indexCondition(search: Search, lists: string, inTrash: boolean, bind: Bind): string {
  const inText = search.filter((word) => nameConditions(word, () => '').length === 0);
  if (inText.length > 0) return `search_grams(search_text) @@ ${bind(gramQuery(inText))}::tsquery`;
  // Every word is in a name too: the longest narrows the search down, wherever it is.
  const [longest] = [...search].sort((a, b) => b.text.length - a.text.length);
  if (!longest) return 'false';
  const { categories, people, authors } = longest;
  const found = [
    `SELECT id FROM tasks
      WHERE list_id IN (${lists}) AND search_grams(search_text) @@ ${bind(gramQuery([longest]))}::tsquery`,
    `SELECT task_id FROM task_categories WHERE category_id = ANY(${bind(categories)}::integer[])`,
    `SELECT id FROM tasks WHERE assignee_id = ANY(${bind(people)}::integer[]) AND list_id IN (${lists})`,
    `SELECT id FROM tasks WHERE user_id = ANY(${bind(authors)}::integer[]) AND list_id IN (${lists})
      AND deleted_at IS ${inTrash ? 'NOT NULL' : 'NULL'}`,
  ];
  return `id IN (${found.join(' UNION ALL ')})`;
}

const GRAM = 3;

/** For `search_grams`: every three characters of the words, and shorter words as the beginning of three. */
function gramQuery(words: Search): string {
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

/** The categories and people whose names have the words; a category in any of its languages. */
const NAMED = `
  SELECT n::integer, 'categories' AS kind, array_agg(c.id) AS ids
  FROM unnest($2::text[]) WITH ORDINALITY AS w (word, n)
  JOIN categories c ON strpos(c.search_text, word) > 0 AND c.list_id IN ${visibleListIds('$1')} GROUP BY n
  UNION ALL
  SELECT n::integer, 'people', array_agg(u.id)
  FROM unnest($2::text[]) WITH ORDINALITY AS w (word, n)
  JOIN users u ON strpos(u.search_text, word) > 0 AND (u.id = $1 OR u.id IN (
    SELECT others.user_id FROM memberships mine JOIN memberships others ON others.team_id = mine.team_id
    WHERE mine.user_id = $1
  )) GROUP BY n`;
