/** The parts around the rows of the plain list, which depend on the rows. */
import type { PageContext } from '../page.ts';

export interface ListState {
  /** Rows waiting behind the button. */
  waiting: number;
  hasOpen: boolean;
  hasDone: boolean;
}

/**
 * The button for waiting rows, the heading "Done today", and the message for an empty list (never used, or all done).
 */
export function showListStatus(section: Element, { waiting, hasOpen, hasDone }: ListState, { t }: PageContext): void {
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
