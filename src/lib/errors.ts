/**
 * Errors of commands and queries, without HTTP: `middleware/to-http-error.ts` maps each class to a status once, for
 * pages and API alike.
 */
export class DomainError extends Error {
  /** Translation key of the message that people read. */
  readonly key: string;

  constructor(key: string, message = key) {
    super(message);
    this.name = new.target.name;
    this.key = key;
  }
}

/** A row that does not exist and one that the viewer may not see give the same error, so that neither is revealed. */
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

/** The row's revision is not the one that the caller has seen. */
export class StaleRevisionError extends ConflictError {
  constructor() {
    super('errors.revisionOther');
  }
}

/** The idempotency key was used for another request. */
export class KeyReuseError extends ConflictError {
  constructor() {
    super('errors.idempotencyOther');
  }
}

/** A link or token that was valid once. */
export class ExpiredError extends DomainError {}

export class RateLimitError extends DomainError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('errors.tooMany');
    this.retryAfterSeconds = Math.ceil(retryAfterSeconds);
  }
}

export interface FieldError {
  /** The field's name in the form or the JSON body; '' for an error of the input as a whole. */
  path: string;
  /** Translation key. */
  message: string;
  params?: Record<string, string | number>;
  /** Which rule of the schema the value breaks, for programs. */
  rule?: BrokenRule;
}

export interface BrokenRule {
  code: string;
  params?: Record<string, string | number>;
}

/** What one response reports. */
export const MAX_ERRORS = 100;

/** Input that the person can correct: shown beside the fields, with the input kept. */
export class ValidationError extends DomainError {
  /** The first hundred. */
  readonly errors: FieldError[];

  constructor(given: FieldError | readonly FieldError[]) {
    const errors = [given].flat().slice(0, MAX_ERRORS);
    super(
      errors[0]?.message ?? 'errors.invalid',
      `invalid input: ${errors.map(({ path, message }) => `${path} ${message}`).join(', ')}`,
    );
    this.errors = errors;
  }
}

/** A query parameter or header with a value that is not accepted. */
export class InvalidQueryError extends ValidationError {}

/** The password was right, so the person may learn that the account is disabled. */
export class AccountDisabledError extends ValidationError {
  constructor() {
    super({ path: '', message: 'errors.accountDisabled' });
  }
}
