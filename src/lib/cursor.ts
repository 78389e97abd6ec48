import { z } from 'zod';
import { badRequest } from './http-error.ts';

const cursor = z.tuple([z.union([z.string().max(40), z.number(), z.null()]), z.int().positive().max(2 ** 31 - 1)]);

export const encodeCursor = (value: z.infer<typeof cursor>): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @throws HttpError 400 where the text is no cursor of ours */
export function decodeCursor(text: string): z.infer<typeof cursor> {
  try {
    return cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw badRequest('errors.cursor');
  }
}
