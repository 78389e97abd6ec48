import { AsyncLocalStorage } from 'node:async_hooks';

/** What belongs to the request at hand, wherever in the program its work is: for the lines of the log. */
export const requestContext = new AsyncLocalStorage<{ requestId: string }>();
