import type { Translate } from '../../shared/translations.ts';

let people: number | null = null;

/** "3 people connected"; the number is kept for this tab's next page. */
export function countPeople(count: number, t: Translate): void {
  people = count;
  showPeople(t);
}

export function showPeople(t: Translate): void {
  if (people === null) return;
  for (const element of document.querySelectorAll<HTMLElement>('[data-people]')) {
    element.textContent = t('live.people', { count: people });
    element.hidden = false;
  }
}
