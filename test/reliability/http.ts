import http from 'node:http';

export interface PageResponse {
  status: number;
  /** The target of a redirect, or null. */
  location: string | null;
  text: string;
}

export interface RequestOptions {
  cookie: string;
  /** Fields of a form to submit. */
  form?: Record<string, string> | undefined;
  agent: http.Agent;
}

/** After this time without a response the outcome of a request is unknown. */
const TIMEOUT_MS = 4000;

/** Keeps connections open between requests, like a browser. */
export const keepAlive = (): http.Agent => new http.Agent({ keepAlive: true, maxSockets: 4 });

/** Sends a request like a page. @throws without a complete response; its outcome is then unknown */
export function request(
  method: 'GET' | 'POST',
  url: string,
  { cookie, form, agent }: RequestOptions,
): Promise<PageResponse> {
  const body = form && new URLSearchParams(form).toString();
  const headers = {
    accept: 'text/html',
    'accept-language': 'en',
    'sec-fetch-site': 'same-origin',
    cookie,
    ...(body !== undefined && {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(Buffer.byteLength(body)),
    }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = http.request(url, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('close', () => {
        if (response.complete)
          resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? null, text });
        else reject(new Error('the response was cut off'));
      });
    });
    const timeout = setTimeout(() => outgoing.destroy(new Error('request timed out')), TIMEOUT_MS);
    outgoing.on('close', () => {
      clearTimeout(timeout);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
