export interface FieldError {
  /** The field, as the form names it; '' where no single field is at error. */
  path: string;
  /** A key of the words in `locales/`. */
  message: string;
  params?: Record<string, string | number>;
}

/** Input that somebody can mend: answered 422 with a sentence beside each field, and what was typed kept. */
export class ValidationError extends Error {
  readonly errors: FieldError[];
  readonly status: number = 422;

  constructor(...errors: FieldError[]) {
    super(`invalid input: ${errors.map((error) => `${error.path} ${error.message}`).join(', ')}`);
    this.name = 'ValidationError';
    this.errors = errors;
  }
}

/** An address or header that asks for what there is not: 400. */
export class InvalidQueryError extends ValidationError {
  override readonly status = 400;
}
