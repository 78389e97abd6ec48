const PATIENCE_MS = 3000;
let timer: ReturnType<typeof setTimeout> | undefined;

export type Liveness = 'connecting' | 'live' | 'reconnecting';

/** Says on the body how live the page is; a connection that stays away is told after three seconds. */
export function showLiveness(liveness: Liveness): void {
  document.body.dataset.realtime = liveness;
  if (liveness === 'live') {
    clearTimeout(timer);
    timer = undefined;
    showNotice(false);
    return;
  }
  timer ??= setTimeout(() => { showNotice(true); }, PATIENCE_MS);
}

function showNotice(shown: boolean): void {
  for (const notice of document.querySelectorAll<HTMLElement>('[data-connection]')) notice.hidden = !shown;
}
