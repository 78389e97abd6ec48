/**
 * What a command or query refuses. The layer that asked decides how to say so: `to-http-error.ts` maps each class to a
 * status once, for pages and API alike.
 */
export class DomainError extends Error {
  /** A key of the translations in `locales/`: what the person reads. */
  readonly key: string;

  constructor(key: string) {
    super(key);
    this.name = new.target.name;
    this.key = key;
  }
}

/** Not there and not the viewer's are the same error, so that neither is revealed. */
export class NotFoundError extends DomainError {
  constructor(key = 'errors.notFound') {
    super(key);
  }
}

export class ForbiddenError extends DomainError {
  constructor(key = 'errors.forbidden') {
    super(key);
  }
}

/** The credentials are wrong, or no longer valid. */
export class UnauthorizedError extends DomainError {}

export class ConflictError extends DomainError {}

/** The row has another revision than the caller has seen. */
export class StaleRevisionError extends ConflictError {
  constructor() {
    super('errors.revisionOther');
  }
}

/** An idempotency key that belongs to another request. */
export class KeyReuseError extends ConflictError {
  constructor() {
    super('errors.idempotencyOther');
  }
}

/** It existed, and cannot be used any more. */
export class ExpiredError extends DomainError {}

export class RateLimitError extends DomainError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('errors.tooMany');
    this.retryAfterSeconds = Math.ceil(retryAfterSeconds);
  }
}
