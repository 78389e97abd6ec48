import { InvalidInput, type InputFault } from '../../lib/validation-error.ts';

/** Nobody mends ten thousand docs from one answer. */
const MOST = 100;

/** @throws InvalidInput where there are any */
export function refuse(faults: InputFault[]): void {
  if (faults.length > 0) throw new InvalidInput(...faults.slice(0, MOST));
}
