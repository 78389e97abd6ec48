import type { Translate } from '../../shared/translations.ts';

const BATCH_MS = 800;
let gathered = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Announces arrived tasks in the polite live region, several within a moment as one number. */
export function announceArrivals(arrived: number, t: Translate): void {
  if (arrived === 0) return;
  gathered += arrived;
  timer ??= setTimeout(() => {
    const said = gathered;
    gathered = 0;
    timer = undefined;
    const region = document.querySelector('[data-announce]');
    if (region) {
      // Screen readers skip a repeated text unless the region was empty in between.
      region.textContent = '';
      requestAnimationFrame(() => {
        region.textContent = t('live.newTasks', { count: said });
      });
    }
  }, BATCH_MS);
}
