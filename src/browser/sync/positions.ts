/**
 * The page's version of each list. It only advances by one or by the answer to a catch-up; while a catch-up is in
 * flight, live events wait, so that nothing is applied twice or across a gap.
 */
import type { CatchUpAnswer, ListEvent, Position, Positions } from '../../shared/events.ts';

/** What the page has to do: apply these events in order, and reload if the log does not reach back far enough. */
export interface Step {
  apply: ListEvent[];
  reset: boolean;
}

export class ListPositions {
  #held: Positions;
  #told: Positions = {};
  #waiting: ListEvent[] = [];
  #inFlight = false;
  #stale = false;
  readonly #unknownLists: Set<string>;

  /**
   * @param unknownLists lists that a reload did not add, shared by all pages of a tab, so that they cause one reload
   * only
   */
  constructor(held: Positions, unknownLists = new Set<string>()) {
    this.#held = structuredClone(held);
    this.#unknownLists = unknownLists;
  }

  /** The positions that the page shows now. */
  get current(): Positions {
    return structuredClone(this.#held);
  }

  /** This page cannot be brought up to date: a fresh one has been requested. */
  get stale(): boolean {
    return this.#stale;
  }

  /** Events were missed: a catch-up is needed. */
  get behind(): boolean {
    return (
      !this.#inFlight &&
      !this.#stale &&
      Object.entries(this.#told).some(([id, position]) => this.#isAhead(id, position))
    );
  }

  /** Handles a live event. */
  receive(event: ListEvent): Step {
    if (this.#stale) return { apply: [], reset: false };
    if (this.#inFlight) {
      this.#waiting.push(event);
      return { apply: [], reset: false };
    }
    const { id, epoch, version } = event.payload.list;
    const held = this.#held[id];
    if (!held) return this.#unknown(String(id));
    if (held.epoch === epoch && version === held.version + 1) {
      held.version = version;
      return { apply: [event], reset: false };
    }
    this.#told[id] = { epoch, version };
    return { apply: [], reset: false };
  }

  /** Handles `list_versions`, which shows that this page is behind even if the last event was lost. */
  versions(delivered: Positions): Step {
    for (const [id, position] of Object.entries(delivered)) {
      if (!this.#held[id] && !this.#stale) return this.#unknown(id);
      this.#told[id] = position;
    }
    return { apply: [], reset: false };
  }

  /** Starts a catch-up. @returns the positions to send */
  ask(): Positions {
    this.#inFlight = true;
    this.#told = {};
    return this.current;
  }

  /** Applies the answer to a catch-up, then the events that waited for it. */
  answer(answer: CatchUpAnswer): Step {
    this.#inFlight = false;
    if (this.#stale) return { apply: [], reset: false };
    const steps: Step[] = Object.entries(this.#held).map(([id, held]) => this.#advance(id, held, answer[id]));
    const told = this.#told;
    this.#told = {};
    steps.push(this.versions(told));
    for (const event of this.#waiting.splice(0)) steps.push(this.receive(event));
    const reset = steps.some((step) => step.reset);
    this.#stale ||= reset;
    return { apply: steps.flatMap((step) => step.apply), reset };
  }

  /** The catch-up failed: the waiting events will be part of the next one. */
  failed(): void {
    this.#inFlight = false;
    this.#waiting = [];
  }

  #advance(id: string, held: Position, found: CatchUpAnswer[string] | undefined): Step {
    if (!found || 'reset' in found || found.epoch !== held.epoch) return { apply: [], reset: true };
    const apply = found.events.filter(({ payload }) => payload.list.version > held.version);
    const gapless = apply.every(({ payload }, index) => payload.list.version === held.version + index + 1);
    if (!gapless || held.version + apply.length !== found.version) return { apply: [], reset: true };
    this.#held[id] = { epoch: found.epoch, version: found.version };
    return { apply, reset: false };
  }

  #isAhead(id: string, { epoch, version }: Position): boolean {
    const held = this.#held[id];
    return held !== undefined && (held.epoch !== epoch || held.version < version);
  }

  #unknown(id: string): Step {
    if (this.#unknownLists.has(id)) return { apply: [], reset: false };
    this.#unknownLists.add(id);
    return { apply: [], reset: true };
  }
}
