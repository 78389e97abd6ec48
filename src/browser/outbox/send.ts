/** How what people add and tick in this tab is sent, and what the server may answer. */
import type { TaskChanged } from '../../shared/events.ts';
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

/** What became of a change: saved, refused, or to be sent again. */
export type Answer = TaskChanged | Refusal | Wait;

const ANSWER_MS = 15_000;
let request = new AbortController();

/** The line is dead: does not wait for the answer of what is on its way. */
export const abandonSending = (): void => {
  request.abort();
};

/** @param viewer the id of the person whose change it is */
export const post = (change: Change, viewer: string, signal?: AbortSignal): Promise<Response> =>
  fetch(change.kind === 'add' ? '/tasks' : `/tasks/${change.task}/completion`, {
    method: 'POST',
    // The session of this browser may be somebody else's by now.
    headers: { accept: 'application/json', 'x-viewer': viewer },
    body: new URLSearchParams(fieldsOf(change)),
    // The server says where the task is, if that page does not show it.
    referrer: change.page,
    redirect: 'manual',
    // A navigation must not take back what is on its way.
    keepalive: true,
    ...(signal && { signal }),
  });

/** Sends a change and waits for the answer. @param viewer the id of the person whose change it is */
export async function send(change: Change, viewer: string): Promise<Answer | { signedOut: true }> {
  request = new AbortController();
  const timer = setTimeout(abandonSending, ANSWER_MS);
  try {
    const response = await post(change, viewer, request.signal);
    const { ok, status, headers } = response;
    if (status === 401) return { signedOut: true };
    // What is not JSON comes from a proxy, not from us.
    const body = (await response.json()) as TaskChanged & { detail: string; errors?: { message: string }[] };
    if (ok) return 'task' in body ? body : { waitMs: 0 };
    if (status === 429 || status === 503) return { waitMs: retryAfterMs(headers.get('retry-after')) };
    if (status >= 500) return { waitMs: 0, isError: true };
    return { reason: status === 404 ? GONE : (body.errors?.[0]?.message ?? body.detail) };
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
