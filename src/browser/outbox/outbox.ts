/**
 * What people add and tick in this tab, until the server has answered: sent one at a time and in order, again after a
 * lost connection, a navigation or a reload. A task is stored once, because each addition keeps its form key, and
 * completing twice is completing. Kept in this tab and for this person only.
 */
import type { ShownFlash, TaskChanged, TaskPayload } from '../../shared/events.ts';
import { retryAfterMs } from '../sync/backoff.ts';

export interface Addition {
  kind: 'add';
  id: string;
  text: string;
  listId: number;
  categoryIds: string[];
  /** Path and query of the page that it was made on. */
  page: string;
  /** Why the server refused it: it is not sent again. */
  reason?: string;
}

export interface Toggle {
  kind: 'toggle';
  id: string;
  /** The task's description. */
  text: string;
  task: number;
  done: boolean;
  page: string;
  reason?: string;
}

export type Change = Addition | Toggle;

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
const ANSWER_MS = 15_000;
const RETRY_MS = { first: 500, max: 8000 };
/** Errors of the server, after which a change counts as refused: it must not hold up the others for ever. */
const MAX_ERRORS = 4;

let viewer = '';
let changes: Change[] = [];
let listener: OutboxListener;
let running = false;
let slow = false;
let wake: () => void = () => undefined;
let request = new AbortController();

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

/** Whether the first change has waited for its answer for some seconds, or could not be sent. */
export const isSlow = (): boolean => slow;

export function enqueue(...added: Change[]): void {
  changes.push(...added);
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

/** The line is dead: does not wait for the answer of what is on its way. */
export const abandonSending = (): void => {
  request.abort();
};

/** Whoever signs out leaves nothing to the next person at this browser. */
export function forgetOutbox(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  changes = [];
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
    const answer = await send(change);
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

function finish(change: Change, answer: TaskChanged | Refusal | Wait): void {
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

/** The reason for a task that is not there any more. */
export const GONE = 'gone';

interface Refusal {
  reason: string;
}

/** To be sent again. */
interface Wait {
  waitMs: number;
  /** The server was reached and could not do it. */
  isError?: boolean;
}

async function send(change: Change): Promise<TaskChanged | Refusal | Wait | { signedOut: true }> {
  request = new AbortController();
  const timer = setTimeout(abandonSending, ANSWER_MS);
  try {
    const response = await fetch(change.kind === 'add' ? '/tasks' : `/tasks/${change.task}/completion`, {
      method: 'POST',
      // The session of this browser may be somebody else's by now.
      headers: { accept: 'application/json', 'x-viewer': viewer },
      body: new URLSearchParams(fieldsOf(change)),
      // The server says where the task is, if that page does not show it.
      referrer: change.page,
      redirect: 'manual',
      // A navigation must not take back what is on its way.
      keepalive: true,
      signal: request.signal,
    });
    const { ok, status, headers } = response;
    if (status === 401) return { signedOut: true };
    // What is not JSON comes from a proxy, not from us.
    const body = (await response.json()) as TaskChanged & { title: string; errors?: { message: string }[] };
    if (ok) return 'task' in body ? body : { waitMs: 0 };
    if (status === 429 || status === 503) return { waitMs: retryAfterMs(headers.get('retry-after')) };
    if (status >= 500) return { waitMs: 0, isError: true };
    return { reason: status === 404 ? GONE : (body.errors?.[0]?.message ?? body.title) };
  } catch {
    return { waitMs: 0 };
  } finally {
    clearTimeout(timer);
  }
}

const fieldsOf = (change: Change): [string, string][] =>
  change.kind === 'toggle'
    ? change.done
      ? []
      : [['_method', 'DELETE']]
    : [
        ['formKey', change.id],
        ['listId', String(change.listId)],
        ['description', change.text],
        ...change.categoryIds.map((id): [string, string] => ['categoryIds', id]),
      ];

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
  const text = sessionStorage.getItem(PREFIX + id);
  return text ? (JSON.parse(text) as Change[]) : [];
}
