export type Form = Record<string, string | string[]>;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The target of a redirect, or null. */
  location: string | null;
}

interface Sent {
  form?: Form;
  json?: unknown;
  /** The raw body. */
  body?: string;
  /** Null removes a default header. */
  headers?: Record<string, string | null>;
}

/** An HTTP client that behaves like a browser: keeps cookies, sends same-origin requests, does not follow redirects. */
export class Client {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly cookies = new Map<string, string>();

  constructor(baseUrl: string, cookies: Record<string, string> = {}) {
    this.baseUrl = baseUrl;
    for (const [name, value] of Object.entries(cookies)) this.cookies.set(name, value);
  }

  /** The value of the `Cookie` header, or an empty string. */
  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get(path: string, query: Form = {}, headers: Sent['headers'] = {}): Promise<Answer> {
    const queryString = encode(query);
    return this.request('GET', queryString ? `${path}?${queryString}` : path, { headers });
  }

  post(path: string, form: Form = {}, headers: Sent['headers'] = {}): Promise<Answer> {
    return this.request('POST', path, { form, headers });
  }

  /** Posts a form with `_method`, like a page without JavaScript. */
  patch(path: string, form: Form = {}, headers: Sent['headers'] = {}): Promise<Answer> {
    return this.post(path, { _method: 'PATCH', ...form }, headers);
  }

  put(path: string, form: Form = {}, headers: Sent['headers'] = {}): Promise<Answer> {
    return this.post(path, { _method: 'PUT', ...form }, headers);
  }

  delete(path: string, form: Form = {}, headers: Sent['headers'] = {}): Promise<Answer> {
    return this.post(path, { _method: 'DELETE', ...form }, headers);
  }

  json(method: string, path: string, json: unknown, headers: Sent['headers'] = {}): Promise<Answer> {
    return this.request(method, path, { json, headers: { accept: 'application/json', ...headers } });
  }

  /** The page that a form leads to. */
  async follow(sent: Promise<Answer>): Promise<Answer> {
    const answer = await sent;
    return answer.location === null ? answer : this.get(answer.location);
  }

  async request(method: string, path: string, { form, json, body, headers = {} }: Sent = {}): Promise<Answer> {
    const sent: Record<string, string | null> = {
      accept: 'text/html',
      'accept-language': 'en',
      'sec-fetch-site': 'same-origin',
      cookie: this.cookieHeader || null,
      'content-type': form ? 'application/x-www-form-urlencoded' : json === undefined ? null : 'application/json',
      ...headers,
    };
    const response = await fetch(this.baseUrl + path, {
      method,
      redirect: 'manual',
      headers: Object.entries(sent).filter((header): header is [string, string] => header[1] !== null),
      ...(form && { body: encode(form) }),
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(body !== undefined && { body }),
    });
    this.#keepCookies(response.headers.getSetCookie());
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      location: response.headers.get('location'),
    };
  }

  #keepCookies(lines: string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';');
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const expired = attributes.some(
        (attribute) => /^\s*expires=/i.test(attribute) && Date.parse(attribute.split('=')[1] ?? '') <= Date.now(),
      );
      if (expired) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

function encode(form: Form): string {
  const pairs = Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return new URLSearchParams(pairs as [string, string][]).toString();
}
