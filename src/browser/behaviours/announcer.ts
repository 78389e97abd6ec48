import type { Translate } from '../../shared/translations.ts';

const GATHER_MS = 800;
let gathered = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says politely that tasks have arrived; what comes within a moment is said as one number. */
export function announceArrivals(arrived: number, t: Translate): void {
  if (arrived === 0) return;
  gathered += arrived;
  timer ??= setTimeout(() => {
    const said = gathered;
    gathered = 0;
    timer = undefined;
    const region = document.querySelector('[data-announce]');
    if (region) {
      // The same words twice are said once unless the region was empty in between.
      region.textContent = '';
      requestAnimationFrame(() => {
        region.textContent = t('live.newTasks', { count: said });
      });
    }
  }, GATHER_MS);
}
