import type { Translate } from '../../shared/translations.ts';

const BATCH_MS = 500;
let texts: string[] = [];
let arrived = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** What was said on one page does not stay on the next. */
document.addEventListener('turbo:visit', () => {
  const region = document.querySelector('[data-announce]');
  if (region) region.textContent = '';
});

/** Says something to screen readers in the polite live region, several within a moment together. */
export function announce(text: string): void {
  texts.push(text);
  schedule(() => texts);
}

/** Announces arrived tasks as one number. */
export function announceArrivals(count: number, t: Translate): void {
  if (count === 0) return;
  arrived += count;
  schedule(() => [...texts, t('live.newTasks', { count: arrived })]);
}

function schedule(gather: () => string[]): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const said = gather().join('\n');
    texts = [];
    arrived = 0;
    const region = document.querySelector('[data-announce]');
    if (!region) return;
    // Screen readers skip a repeated text unless the region was empty in between.
    region.textContent = '';
    requestAnimationFrame(() => {
      region.textContent = said;
    });
  }, BATCH_MS);
}
