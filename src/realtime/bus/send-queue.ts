import type { Hint } from './message.ts';

/** More hints than this at once say no more than "look at everything"; what ended is found by the sweep. */
const MOST = 10_000;

/** The hints that wait while others are on their way: the same one once, in the order in which they came. */
export class Outbox {
  #waiting = new Set<string>();

  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  add(hint: Hint): void {
    for (const small of split(hint)) this.#waiting.add(JSON.stringify(small));
    if (this.#waiting.size > MOST)
      this.#waiting = new Set([JSON.stringify({ name: 'list_changed', listId: null } satisfies Hint)]);
  }

  /** @returns all that waits, as JSON; nothing waits afterwards */
  take(): Set<string> {
    const taken = this.#waiting;
    this.#waiting = new Set();
    return taken;
  }
}

/** One list a hint, so that the same list is met again and a long list fits into several payloads. */
function split(hint: Hint): Hint[] {
  return hint.name === 'members_changed' ? hint.listIds.map((listId) => ({ ...hint, listIds: [listId] })) : [hint];
}
