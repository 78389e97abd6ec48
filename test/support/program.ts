import assert from 'node:assert/strict';
import type { TokenScope } from '../../src/schemas/token.ts';
import { assertDocumented } from './contract.ts';
import type { Person } from './world.ts';
import { createToken } from '../../src/models/api-token/commands.ts';

export interface ApiAnswer<Body = unknown> {
  status: number;
  headers: Headers;
  /** Parsed JSON or text, or null without a body. */
  body: Body;
}

export interface ApiRequest {
  body?: unknown;
  query?: Record<string, string>;
  headers?: Record<string, string>;
}

/** An API client that sends no browser headers and checks every response against the documentation. */
export class Program {
  readonly url: string;
  readonly token: string | null;

  /** @param url of the server, without a trailing slash */
  constructor(url: string, token: string | null = null) {
    this.url = url;
    this.token = token;
  }

  /** @param path below /api/v1 */
  async ask<Body = Record<string, unknown>>(
    method: string,
    path: string,
    { body, query, headers }: ApiRequest = {},
  ): Promise<ApiAnswer<Body>> {
    const queryString = query ? `?${new URLSearchParams(query).toString()}` : '';
    const response = await fetch(`${this.url}/api/v1${path}${queryString}`, {
      method,
      headers: {
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const answer = {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : isJson ? JSON.parse(text) : text) as Body,
    };
    const selects = new URL(path + queryString, this.url).searchParams.has('select');
    assertDocumented(method, path.split('?', 1)[0] ?? path, answer, selects);
    return answer;
  }

  get<Body = Record<string, unknown>>(
    path: string,
    query?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer<Body>> {
    return this.ask('GET', path, { ...(query && { query }), ...(headers && { headers }) });
  }

  post<Body = Record<string, unknown>>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer<Body>> {
    return this.ask('POST', path, { body, ...(headers && { headers }) });
  }

  patch<Body = Record<string, unknown>>(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer<Body>> {
    return this.ask('PATCH', path, { body, ...(headers && { headers }) });
  }

  put<Body = Record<string, unknown>>(
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ): Promise<ApiAnswer<Body>> {
    return this.ask('PUT', path, { body, ...(headers && { headers }) });
  }

  /** Fetches all pages of a list by following the links. @param between called after each page but the last */
  async pages<Row>(path: string, query: Record<string, string> = {}, between?: () => Promise<void>): Promise<Row[][]> {
    const pages: Row[][] = [];
    for (let next = `${path}?${new URLSearchParams(query).toString()}`; ; await between?.()) {
      const { status, headers, body } = await this.get<Row[]>(next);
      assert.equal(status, 200, JSON.stringify(body));
      pages.push(body);
      const [, link] = /^<[^>]+\/api\/v1(\/[^>]+)>; rel="next"$/.exec(headers.get('link') ?? '') ?? [];
      if (link === undefined) return pages;
      next = link;
    }
  }

  delete(path: string, query?: Record<string, string>): Promise<ApiAnswer> {
    return this.ask('DELETE', path, { ...(query && { query }) });
  }
}

/** An API client of that person, with a new token. */
export async function programOf(
  app: { url: string },
  { user }: Person,
  scopes: TokenScope[] = ['read', 'write'],
): Promise<Program> {
  const { token } = await createToken(user.id, { name: 'test', scopes, expiresAt: null });
  return new Program(app.url, token);
}

/** Asserts that the response is the expected problem document (RFC 9457). */
export function assertProblem(
  { status, headers, body }: ApiAnswer,
  expected: { status: number; code: number; paths?: string[] },
): void {
  const problem = body as {
    status: number;
    code: number;
    errors?: { path: string; message: string }[];
    title: string;
    requestId: string;
  };
  assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.deepEqual(
    { status, code: problem.code, bodyStatus: problem.status },
    { status: expected.status, code: expected.code, bodyStatus: expected.status },
    JSON.stringify(body),
  );
  assert.ok(problem.title && problem.requestId);
  if (expected.paths) assert.deepEqual(problem.errors?.map(({ path }) => path).sort(), [...expected.paths].sort());
}
