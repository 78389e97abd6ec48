export interface InputFault {
  /** The field, as the form names it; '' where no single field is at fault. */
  path: string;
  /** A key of the words in `locales/`. */
  message: string;
  params?: Record<string, string | number>;
}

/** Input that somebody can mend: answered 422 with a sentence beside each field, and what was typed kept. */
export class InvalidInput extends Error {
  readonly faults: InputFault[];
  readonly status: number = 422;

  constructor(...faults: InputFault[]) {
    super(`invalid input: ${faults.map((fault) => `${fault.path} ${fault.message}`).join(', ')}`);
    this.name = 'InvalidInput';
    this.faults = faults;
  }
}

/** An address or header that asks for what there is not: 400. */
export class BadQuery extends InvalidInput {
  override readonly status = 400;
}
