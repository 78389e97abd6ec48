import type { CategoryPayload, Positions, TaskPayload } from '../../src/shared/events.ts';

/** A task as shown on a page. */
export type KnownTask = Pick<
  TaskPayload,
  'id' | 'listId' | 'revision' | 'description' | 'createdAt' | 'completedAt'
> & { categoryIds: number[] };

/** The list of a freshly loaded page. */
export interface FirstLoad {
  positions: Positions;
  /** Ids of the lists that the list shows. */
  lists: number[];
  categories: CategoryPayload[];
  open: KnownTask[];
  done: KnownTask[];
}

/** Reads the markup of the list. @throws if it is another page */
export function readFirstLoad(html: string): FirstLoad {
  return {
    positions: JSON.parse(unescapeHtml(matchOne(html, /<main[^>]* data-positions="([^"]*)"/))) as Positions,
    lists: JSON.parse(matchOne(html, /<section[^>]* data-lists="([^"]*)"/)) as number[],
    categories: JSON.parse(matchOne(html, /<script id="categories"[^>]*>(.*?)<\/script>/s)) as CategoryPayload[],
    open: parseRows(matchOne(html, /<ol[^>]* data-rows="open"[^>]*>(.*?)<\/ol>/s)),
    done: parseRows(matchOne(html, /<ol[^>]* data-rows="done"[^>]*>(.*?)<\/ol>/s)),
  };
}

/** One line per row, in order, for comparison. */
export const formatRow = (
  block: 'open' | 'done',
  task: KnownTask,
  categories: ReadonlyMap<number, CategoryPayload>,
): string =>
  `${block} ${task.id} revision ${task.revision} ${task.description} [${task.categoryIds.map((id) => categories.get(id)?.name.original ?? `?${id}`).join(', ')}]`;

export function formatRows({ open, done, categories }: FirstLoad): string[] {
  const known = new Map(categories.map((category) => [category.id, category]));
  return [...open.map((task) => formatRow('open', task, known)), ...done.map((task) => formatRow('done', task, known))];
}

const parseRows = (html: string): KnownTask[] =>
  [...html.matchAll(/<li [^>]*data-task=.*?<\/li>/gs)].map(([row]) => ({
    id: Number(attribute(row, 'task')),
    listId: Number(attribute(row, 'list')),
    revision: Number(attribute(row, 'revision')),
    createdAt: attribute(row, 'created') ?? '',
    completedAt: attribute(row, 'completed'),
    description: unescapeHtml(matchOne(row, /<a class="line"[^>]*><bdi>(.*?)<\/bdi>/s)),
    categoryIds: [...row.matchAll(/ data-category="(\d+)"/g)].map(([, id]) => Number(id)),
  }));

const attribute = (row: string, name: string): string | null =>
  new RegExp(` data-${name}="([^"]*)"`).exec(row)?.[1] ?? null;

function matchOne(html: string, pattern: RegExp): string {
  const found = pattern.exec(html)?.[1];
  if (found === undefined) throw new Error(`${String(pattern)} not found in the page: ${html.slice(0, 300)}`);
  return found;
}

const unescapeHtml = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
