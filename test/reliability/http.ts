import http from 'node:http';

export interface Answered {
  status: number;
  /** The target of a redirect, or null. */
  location: string | null;
  text: string;
}

export interface OperationContext {
  cookie: string;
  /** Sent like a page's form. */
  form?: Record<string, string> | undefined;
  agent: http.Agent;
}

/** Milliseconds without an answer, after which the outcome of a request is unknown. */
const PATIENCE_MS = 4000;

/** Keeps connections open between requests, like a browser. */
export const keepAlive = (): http.Agent => new http.Agent({ keepAlive: true, maxSockets: 4 });

/** A page's request. @throws if no complete answer came: its outcome is then unknown */
export function ask(method: 'GET' | 'POST', url: string, { cookie, form, agent }: OperationContext): Promise<Answered> {
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
    const request = http.request(url, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('close', () => {
        if (response.complete)
          resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? null, text });
        else reject(new Error('the answer was cut off'));
      });
    });
    const patience = setTimeout(() => request.destroy(new Error('no answer in time')), PATIENCE_MS);
    request.on('close', () => {
      clearTimeout(patience);
    });
    request.on('error', reject);
    request.end(body);
  });
}
