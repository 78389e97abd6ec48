/** Data embedded in the current page: viewer, positions, translations and categories. */
import type { CategoryPayload, Positions } from '../shared/events.ts';
import type { Locale } from '../shared/limits.ts';
import { translator, type Messages, type Translate } from '../shared/translations.ts';

export interface PageContext {
  t: Translate;
  locale: Locale;
  /** IANA name. */
  timeZone: string;
  viewerId: number;
  categories: Map<number, CategoryPayload>;
}

/** @returns null on a page without a signed-in user, where nothing is live */
export function readContext(): PageContext | null {
  const viewerId = Number(document.body.dataset.viewer);
  if (!viewerId || !mainElement()) return null;
  const words = readJson('messages') as { locale: Locale; timeZone: string; messages: Messages } | null;
  const categories = (readJson('categories') ?? []) as CategoryPayload[];
  if (!words) return null;
  return {
    t: translator(words.locale, words.messages),
    locale: words.locale,
    timeZone: words.timeZone,
    viewerId,
    categories: new Map(categories.map((category) => [category.id, category])),
  };
}

export const mainElement = (): HTMLElement | null => document.querySelector<HTMLElement>('main[data-positions]');

export const readPositions = (main: HTMLElement): Positions => JSON.parse(main.dataset.positions ?? '{}') as Positions;

/** Updates the page's embedded positions, so that a snapshot of it can catch up later. */
export function writePositions(main: HTMLElement, positions: Positions): void {
  main.dataset.positions = JSON.stringify(positions);
}

export function writeCategories(categories: PageContext['categories']): void {
  const block = document.getElementById('categories');
  if (block) block.textContent = JSON.stringify([...categories.values()]);
}

function readJson(id: string): unknown {
  const text = document.getElementById(id)?.textContent;
  return text ? JSON.parse(text) : null;
}
