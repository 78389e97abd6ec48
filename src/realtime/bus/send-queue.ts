import type { Hint } from './message.ts';

/** Above this, hints are replaced by "any list may have changed"; the sweep finds ended sessions. */
const MAX_HINTS = 10_000;

/** Hints that wait while others are being sent: in order, without duplicates. */
export class SendQueue {
  #waiting = new Set<string>();

  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  add(hint: Hint): void {
    for (const part of split(hint)) this.#waiting.add(JSON.stringify(part));
    if (this.#waiting.size > MAX_HINTS)
      this.#waiting = new Set([JSON.stringify({ name: 'list_changed', listId: null } satisfies Hint)]);
  }

  /** Empties the queue. @returns the hints as JSON */
  take(): Set<string> {
    const taken = this.#waiting;
    this.#waiting = new Set();
    return taken;
  }
}

/** One list per hint, so that duplicates are recognized and many lists fit into several payloads. */
function split(hint: Hint): Hint[] {
  return hint.name === 'members_changed' ? hint.listIds.map((listId) => ({ ...hint, listIds: [listId] })) : [hint];
}
