import { z } from 'zod';
import { recordId } from '../lib/record-id.ts';

/** `{id}` of a path. */
export const idParams = z.object({ id: recordId.meta({ description: 'The id of the record.', example: '12' }) });

/** The id of a record, in a body. */
export const id = z
  .int('errors.invalid')
  .positive('errors.invalid')
  .max(2 ** 31 - 1, 'errors.invalid');

export const url = z
  .url()
  .meta({ description: 'Where the record is; absolute.', example: 'https://tasks.example.com/api/v1/tasks/12' });

/** The headers of a request that changes a record as it was read. */
export const ifMatch = z.object({
  'If-Match': z
    .string()
    .optional()
    .meta({ description: 'The ETag of the record as you read it: 412 if it has changed since.', example: '"3"' }),
});

export const time = z.iso.datetime().meta({ description: 'ISO 8601 in UTC.', example: '2026-11-21T09:30:00.000Z' });

/** What GET gives and nobody can set: taken and left aside, so that what was read can be sent back. */
export const reserved = <Name extends string>(...names: Name[]) =>
  Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as Record<Name, z.ZodOptional<z.ZodUnknown>>;

/** Without what was left aside. */
export function withoutReserved<Input extends object, Name extends string>(
  input: Input,
  names: readonly Name[],
): Omit<Input, Name> {
  return Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name as Name))) as Omit<
    Input,
    Name
  >;
}

export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z.int(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    requestId: z.string(),
  })
  .meta({
    id: 'Problem',
    description: 'An error, as RFC 9457 has it. `title` and `message` are in the language of Accept-Language.',
  });
