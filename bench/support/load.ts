import autocannon from 'autocannon';
import { formHeaders } from './people.ts';

export interface LoadRequest {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Submits the quick-add form repeatedly. @returns creates per second */
export const createTasks = (url: string, cookies: string[], seconds: number): Promise<number> =>
  runLoad(
    url,
    cookies,
    { method: 'POST', path: '/tasks', headers: formHeaders, body: 'description=A+task+of+the+benchmark' },
    seconds,
    303,
  );

/**
 * Sends requests sequentially on one connection per cookie.
 * @returns responses per second @throws on any status other than the expected one
 */
export async function runLoad(
  url: string,
  cookies: string[],
  request: LoadRequest,
  seconds: number,
  expected: number,
): Promise<number> {
  let next = 0;
  const result = await autocannon({
    url,
    connections: cookies.length,
    duration: seconds,
    setupClient: (client) => {
      client.setRequests([
        { ...request, headers: { ...request.headers, cookie: cookies[next % cookies.length] ?? '' } },
      ]);
      next += 1;
    },
  });
  const codes = Object.keys(result.statusCodeStats ?? {});
  if (result.errors > 0 || codes.some((code) => code !== String(expected))) {
    throw new Error(
      `expected only ${String(expected)}, got ${JSON.stringify(result.statusCodeStats)} and ${String(result.errors)} errors`,
    );
  }
  return result.requests.average;
}
