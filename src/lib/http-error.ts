/** A response other than success, for controllers and middleware; commands throw domain errors. */
export class HttpError extends Error {
  readonly status: number;
  /** Translation key of the message that people read. */
  readonly key: string;
  readonly headers: Record<string, string>;

  constructor(status: number, key: string, headers: Record<string, string> = {}) {
    super(key);
    this.name = 'HttpError';
    this.status = status;
    this.key = key;
    this.headers = headers;
  }
}

export const notFound = (): HttpError => new HttpError(404, 'errors.notFound');
export const unauthorized = (): HttpError => new HttpError(401, 'errors.unauthorized');
export const forbidden = (key = 'errors.forbidden'): HttpError => new HttpError(403, key);
export const badRequest = (key = 'errors.badRequest'): HttpError => new HttpError(400, key);
export const tooManyRequests = (retryAfterSeconds: number): HttpError =>
  new HttpError(429, 'errors.tooMany', { 'Retry-After': String(Math.ceil(retryAfterSeconds)) });
