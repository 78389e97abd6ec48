import type { Translate } from '../../shared/translations.ts';

/** `live`: connected and current; `stale`: connected, and a fresh page is to come; `polling`: current every few seconds. */
export type Liveness = 'connecting' | 'live' | 'stale' | 'polling' | 'reconnecting';

const PATIENCE_MS = 3000;
const NOT_SENT_MS = 10_000;
let timer: ReturnType<typeof setTimeout> | undefined;
let notSentTimer: ReturnType<typeof setTimeout> | undefined;
/** What is true for longer: the words' key, or null. */
let standing: string | null = null;
let shown: string | null = null;

/** Says on the body how live the page is; a connection that stays away is told after three seconds. */
export function showLiveness(liveness: Liveness): void {
  document.body.dataset.realtime = liveness;
  if (liveness === 'connecting' || liveness === 'reconnecting') {
    timer ??= setTimeout(() => {
      stand('live.reconnecting');
    }, PATIENCE_MS);
    return;
  }
  clearTimeout(timer);
  timer = undefined;
  stand(liveness === 'polling' ? 'live.polling' : null);
}

/** A form that the network did not take: said at once, or it would look as if nothing had been pressed. */
export function showNotSent(): void {
  showNotice('live.notSent');
  clearTimeout(notSentTimer);
  notSentTimer = setTimeout(() => {
    notSentTimer = undefined;
    showNotice(standing);
  }, NOT_SENT_MS);
}

let words: Translate = (key) => key;

/** In whose words the notices are, also on a page that has just been drawn. */
export function speakNotices(t: Translate): void {
  words = t;
  showNotice(shown);
}

function stand(key: string | null): void {
  standing = key;
  if (!notSentTimer) showNotice(key);
}

function showNotice(key: string | null): void {
  shown = key;
  for (const notice of document.querySelectorAll<HTMLElement>('[data-connection]')) {
    const text = key && words(key);
    // The same words again would be read out again.
    if (text && notice.textContent !== text) notice.textContent = text;
    notice.hidden = !key;
  }
}
