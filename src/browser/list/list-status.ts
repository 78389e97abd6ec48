/** What stands around the rows of the plain list and follows from them. */
import type { PageContext } from '../page.ts';

export interface ListState {
  /** Rows that wait behind the button. */
  waiting: number;
  hasOpen: boolean;
  hasDone: boolean;
}

/** The button of what waits, the heading "Done today", and the words for an empty list: one for a newcomer, one for whoever has done it all. */
export function showAround(section: Element, { waiting, hasOpen, hasDone }: ListState, { t }: PageContext): void {
  const button = section.querySelector<HTMLElement>('[data-waiting]');
  if (button) {
    button.hidden = waiting === 0;
    button.textContent = t('live.newTasks', { count: waiting });
  }
  hide(section, '[data-done-today]', !hasDone);
  hide(section, '[data-empty]', hasOpen);
  hide(section, '[data-all-done]', !hasDone);
  hide(section, '[data-newcomer]', hasDone);
}

function hide(section: Element, selector: string, hidden: boolean): void {
  section.querySelector(selector)?.toggleAttribute('hidden', hidden);
}
