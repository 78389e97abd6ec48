import { CsvFault, LONGEST_ROW } from '../../lib/csv.ts';
import { WrongEncoding } from '../../lib/decode-text.ts';
import { InvalidInput } from '../../lib/validation-error.ts';

/** What is wrong with a file as a whole, beside the field that it was chosen in. */
export const fileFault = (kind: string, params: Record<string, string | number> = {}): InvalidInput =>
  new InvalidInput({ path: 'file', message: `imports.wrong.${kind}`, params });

/** What reading a file threw, in words for whoever chose it; anything else goes on as it is. */
export function toFileFault(fault: unknown): unknown {
  if (fault instanceof WrongEncoding) return fileFault('encoding');
  if (fault instanceof CsvFault) return fileFault(fault.kind, { row: fault.row, max: LONGEST_ROW });
  return fault;
}
