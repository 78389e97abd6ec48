import { z } from 'zod';
import { isInvalidText } from '../lib/text-validity.ts';
import { DomainError } from '../lib/errors.ts';

const id = z
  .int()
  .positive()
  .max(2 ** 31 - 1);

const kinds = {
  time: z.iso.datetime(),
  date: z.iso.date(),
  number: z.number(),
  integer: z.int32(),
  long: z.int(),
  text: z.string().refine((text) => !isInvalidText(text)),
};

/** A value by which a list is sorted. */
export interface CursorPart {
  kind: keyof typeof kinds;
  nullable?: boolean;
}

/** Where a page of a list ends: the sort values of its last row, and the row's id. */
export type Cursor = [...values: (string | number | null)[], id: number];

export const encodeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

export class InvalidCursorError extends DomainError {
  constructor() {
    super('errors.cursor');
  }
}

/** @throws InvalidCursorError where the text is no cursor of a list with this order */
export function decodeCursor(text: string, parts: readonly CursorPart[]): Cursor {
  const values = parts.map(({ kind, nullable }) => (nullable ? kinds[kind].nullable() : kinds[kind]));
  try {
    const read: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return z.tuple([...values, id] as unknown as [typeof id]).parse(read);
  } catch {
    throw new InvalidCursorError();
  }
}
