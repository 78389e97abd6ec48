import type { CategoryEvent } from '../../shared/events.ts';
import { textIn } from '../../shared/format.ts';
import { writeCategories, type PageContext } from '../page.ts';

/**
 * Updates all labels of a category that was renamed, recoloured or removed.
 * @returns whether this page knew the category; a new one has no labels yet
 */
export function updateCategory(category: CategoryEvent, { categories, locale }: PageContext): boolean {
  const known = categories.has(category.id);
  const labels = document.querySelectorAll<HTMLElement>(`[data-category="${category.id}"]`);
  if ('gone' in category) {
    categories.delete(category.id);
    for (const label of labels) label.remove();
  } else {
    const { id, listId, name, color } = category;
    categories.set(id, { id, listId, name, color });
    for (const label of labels) relabel(label, textIn(locale, name), color);
  }
  writeCategories(categories);
  return known;
}

function relabel(label: HTMLElement, name: string, color: string): void {
  const colored = label.matches('[data-color]') ? label : label.querySelector<HTMLElement>('[data-color]');
  if (colored) colored.dataset.color = color;
  const text = label.querySelector('bdi');
  if (text) text.textContent = name;
}
