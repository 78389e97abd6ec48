import type { Translate } from '../../shared/words.ts';

export type Liveness = 'connecting' | 'live' | 'reconnecting';

const PATIENCE_MS = 3000;
const NOT_SENT_MS = 10_000;
let timer: ReturnType<typeof setTimeout> | undefined;
let notSentTimer: ReturnType<typeof setTimeout> | undefined;

/** Says on the body how live the page is; a connection that stays away is told after three seconds. */
export function showLiveness(liveness: Liveness): void {
  document.body.dataset.realtime = liveness;
  if (liveness === 'live') {
    clearTimeout(timer);
    timer = undefined;
    if (!notSentTimer) showNotice(null);
    return;
  }
  timer ??= setTimeout(() => { showNotice('live.reconnecting'); }, PATIENCE_MS);
}

/** A form that the network did not take: said at once, or it would look as if nothing had been pressed. */
export function showNotSent(): void {
  showNotice('live.notSent');
  clearTimeout(notSentTimer);
  notSentTimer = setTimeout(() => {
    notSentTimer = undefined;
    showNotice(timer ? 'live.reconnecting' : null);
  }, NOT_SENT_MS);
}

let words: Translate = (key) => key;

/** In whose words the notices are. */
export function speakNotices(t: Translate): void {
  words = t;
}

function showNotice(key: string | null): void {
  for (const notice of document.querySelectorAll<HTMLElement>('[data-connection]')) {
    if (key) notice.textContent = words(key);
    notice.hidden = key === null;
  }
}
