/**
 * What people add and tick in this tab, until the server has answered: sent one at a time and in order, again after a
 * lost connection, a navigation or a reload. A task is stored once, because each addition keeps its form key, and
 * completing twice is completing. Kept in this tab and for this person only.
 */
import type { ShownFlash, TaskPayload } from '../../shared/events.ts';
import { post, send, type Addition, type Answer, type Change, type Toggle } from './send.ts';

export interface OutboxListener {
  /** What waits has changed, or how it is doing. */
  changed(): void;
  saved(change: Change, task: TaskPayload | null, notice: ShownFlash | null): void;
  /** An addition stays, with its reason; a toggle is gone. */
  refused(change: Change, reason: string): void;
  /** The session is over. What waits is sent when the same person is signed in again. */
  signedOut(): void;
}

const PREFIX = 'outbox ';
/** After this long without an answer a change says that it is not saved. */
const SLOW_MS = 3000;
const RETRY_MS = { first: 500, max: 8000 };
/** Errors of the server, after which a change counts as refused: it must not hold up the others for ever. */
const MAX_ERRORS = 4;

let viewer = '';
let changes: Change[] = [];
let listener: OutboxListener;
let running = false;
let slow = false;
let wake: () => void = () => undefined;

/** Starts sending for the person of the current page; '' for a page without one. */
export function openOutbox(id: string, given: OutboxListener): void {
  listener = given;
  if (id !== viewer) {
    viewer = id;
    changes = id ? read(id) : [];
  }
  void run();
}

/** In the order in which they were made. */
export const pendingAdditions = (): Addition[] => changes.filter((change) => change.kind === 'add');
export const pendingToggles = (): Toggle[] => changes.filter((change) => change.kind === 'toggle');

/** Whether something is to be sent. */
export const hasWaiting = (): boolean => first() !== undefined;

/** Whether the first change has waited for its answer for some seconds, or could not be sent. */
export const isSlow = (): boolean => slow;

export function enqueue(added: readonly Change[]): void {
  for (const change of added) changes.push(change);
  store();
  void run();
}

/** Takes out an addition that was refused. */
export function withdraw({ id }: Change): void {
  changes = changes.filter((change) => change.id !== id);
  store();
}

/** The connection is back: sends what waits now instead of after the pause. */
export const retryOutbox = (): void => {
  wake();
};

/** Whoever signs out leaves nothing to the next person at this browser. */
export function forgetOutbox(): void {
  changes = [];
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // Without storage there is nothing in it.
  }
}

/**
 * Sends everything that waits at once, because the page is going away and may not come back. If it does, all of it is
 * sent again, and the server knows what it has. Not over a bad line, where the order would be lost and the browser has
 * asked the person.
 */
export function sendBeforeLeaving(): void {
  if (slow) return;
  const waiting = changes.filter(({ reason }) => reason === undefined);
  // The first is on its way. Of several presses on one task the last counts.
  for (const change of waiting.slice(1))
    if (change.kind === 'add' || pendingToggles().findLast(({ task }) => task === change.task) === change)
      post(change, viewer).catch(() => undefined);
}

/** A version 4 UUID; `crypto.randomUUID` exists on https only. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5');
}

async function run(): Promise<void> {
  if (running) return;
  running = true;
  let failures = 0;
  let errors = 0;
  for (let change = first(); change; change = first()) {
    const timer = setTimeout(() => {
      setSlow(true);
    }, SLOW_MS);
    const answer = await send(change, viewer);
    clearTimeout(timer);
    if ('signedOut' in answer) {
      listener.signedOut();
      break;
    }
    if ('waitMs' in answer) {
      errors += answer.isError ? 1 : 0;
      if (errors < MAX_ERRORS) {
        setSlow(true);
        failures += 1;
        const delay = Math.min(RETRY_MS.max, RETRY_MS.first * 2 ** failures) * (0.5 + Math.random());
        await pause(Math.max(answer.waitMs, delay));
        continue;
      }
    }
    failures = errors = 0;
    setSlow(false);
    // Meanwhile it may have been forgotten.
    if (changes.includes(change)) finish(change, answer);
  }
  running = false;
}

function finish(change: Change, answer: Answer): void {
  if ('task' in answer) {
    withdraw(change);
    listener.saved(change, answer.task, answer.notice);
    return;
  }
  const reason = 'reason' in answer ? answer.reason : '';
  if (change.kind === 'toggle') withdraw(change);
  else {
    change.reason = reason;
    store();
  }
  listener.refused(change, reason);
}

const first = (): Change | undefined => (viewer ? changes.find(({ reason }) => reason === undefined) : undefined);

function setSlow(now: boolean): void {
  if (slow === now) return;
  slow = now;
  listener.changed();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

function store(): void {
  try {
    if (changes.length > 0) sessionStorage.setItem(PREFIX + viewer, JSON.stringify(changes));
    else sessionStorage.removeItem(PREFIX + viewer);
  } catch {
    // Without storage they live as long as the page.
  }
  listener.changed();
}

function read(id: string): Change[] {
  try {
    const text = sessionStorage.getItem(PREFIX + id);
    return text ? (JSON.parse(text) as Change[]) : [];
  } catch {
    return [];
  }
}
