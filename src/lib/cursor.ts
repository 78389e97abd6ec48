import { z } from 'zod';
import { badRequest } from './http-error.ts';

const id = z.int().positive().max(2 ** 31 - 1);

/** Where a page of a list ends: the sort value of its last row, of one of these kinds, and the row's id. */
const cursors = {
  time: z.tuple([z.iso.datetime(), id]),
  date: z.tuple([z.iso.date().nullable(), id]),
  number: z.tuple([z.number().nullable(), id]),
};
export type CursorKind = keyof typeof cursors;
export type Cursor = [value: string | number | null, id: number];

export const encodeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

/** @throws HttpError 400 where the text is no cursor of a list that is sorted so */
export function decodeCursor(text: string, kind: CursorKind): Cursor {
  try {
    return cursors[kind].parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw badRequest('errors.cursor');
  }
}
