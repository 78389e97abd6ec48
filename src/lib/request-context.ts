import { AsyncLocalStorage } from 'node:async_hooks';

export interface RequestContext {
  requestId: string;
  /** Of whoever asks, behind as many proxies as are trusted; null where the connection is gone. */
  address: string | null;
}

/** What belongs to the request at hand, wherever in the program its work is: for the lines of the log and of the audit. */
export const requestContext = new AsyncLocalStorage<RequestContext>();
