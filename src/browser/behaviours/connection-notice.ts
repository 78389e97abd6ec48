import type { Translate } from '../../shared/translations.ts';

/**
 * `live`: connected and current; `stale`: connected, waiting for a fresh page; `polling`: current every few seconds.
 */
export type Liveness = 'connecting' | 'live' | 'stale' | 'polling' | 'reconnecting';

/** With what it takes to notice a dead line, within three seconds. */
const NOTICE_DELAY_MS = 2700;
const NOT_SENT_MS = 10_000;
let timer: ReturnType<typeof setTimeout> | undefined;
let notSentTimer: ReturnType<typeof setTimeout> | undefined;
/** The translation key of the lasting notice, or null. */
let standing: string | null = null;
let shown: string | null = null;

/**
 * Marks on the body how live the page is; shows a notice after a while without a connection. @param silentFor
 * milliseconds of silence before
 */
export function showLiveness(liveness: Liveness, silentFor = 0): void {
  document.body.dataset.realtime = liveness;
  if (liveness === 'connecting' || liveness === 'reconnecting') {
    timer ??= setTimeout(() => {
      setLasting('live.reconnecting');
    }, NOTICE_DELAY_MS - silentFor);
    return;
  }
  clearTimeout(timer);
  timer = undefined;
  setLasting(liveness === 'polling' ? 'live.polling' : null);
}

/**
 * A form could not be sent, or a page not be opened: shown at once, or it would look as if nothing had been pressed.
 */
export function showFailure(key: 'live.notSent' | 'live.textKept' | 'live.notOpened'): void {
  showNotice(key);
  clearTimeout(notSentTimer);
  notSentTimer = setTimeout(() => {
    notSentTimer = undefined;
    showNotice(standing);
  }, NOT_SENT_MS);
}

let words: Translate = (key) => key;

/** Sets the language of the notices; repeated for each page that is drawn. */
export function translateNotices(t: Translate): void {
  words = t;
  showNotice(shown);
}

function setLasting(key: string | null): void {
  standing = key;
  if (!notSentTimer) showNotice(key);
}

function showNotice(key: string | null): void {
  shown = key;
  for (const notice of document.querySelectorAll<HTMLElement>('[data-connection]')) {
    const text = key && words(key);
    // Setting the same text again would make screen readers repeat it.
    if (text && notice.textContent !== text) notice.textContent = text;
    notice.hidden = !key;
  }
}
