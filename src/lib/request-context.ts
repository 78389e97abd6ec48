import { AsyncLocalStorage } from 'node:async_hooks';

export interface RequestContext {
  requestId: string;
  /** The client's, behind the trusted proxies; null if the connection is closed. */
  address: string | null;
}

/** The current request, for log lines and audit entries. */
export const requestContext = new AsyncLocalStorage<RequestContext>();
