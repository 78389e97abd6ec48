import { CsvError, LONGEST_ROW } from '../../lib/csv.ts';
import { WrongEncoding } from '../../lib/decode-text.ts';
import { ValidationError } from '../../lib/errors.ts';

/** What is wrong with a file as a whole, beside the field that it was chosen in. */
export const fileError = (kind: string, params: Record<string, string | number> = {}): ValidationError =>
  new ValidationError({ path: 'file', message: `imports.wrong.${kind}`, params });

/** What reading a file threw, in words for whoever chose it; anything else goes on as it is. */
export function toFileError(error: unknown): unknown {
  if (error instanceof WrongEncoding) return fileError('encoding');
  if (error instanceof CsvError) return fileError(error.kind, { row: error.row, max: LONGEST_ROW });
  return error;
}
