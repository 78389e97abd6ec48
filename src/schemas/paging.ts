/** What queries consist of: everything in them is text. */
import { z } from 'zod';
import { recordId } from '../lib/parse.ts';
import { limits } from '../shared/limits.ts';

const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;

/** A parameter of a page: filter forms send empty fields, which ask for nothing. */
export const pageParam = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

export const flag = z
  .enum(['true', 'false', '1', '0'], 'errors.invalid')
  .transform((text) => text === 'true' || text === '1')
  .meta({ type: 'boolean', example: true });

export const idParam = recordId.meta({ type: 'integer', example: 12 });

/** What somebody searches for; blank text searches for nothing. */
export const searchText = z
  .string('errors.invalid')
  .trim()
  .max(limits.search, 'errors.invalid')
  .transform((text) => (text === '' ? undefined : text));

export const cursor = z.string('errors.invalid').max(limits.cursor, 'errors.invalid');

/** A comma-separated list of allowed names, each once. */
export const names = <const Name extends string>(allowed: readonly Name[]) =>
  z
    .string('errors.invalid')
    // Before each of thousands is refused by itself.
    .max(2 * allowed.join().length, 'errors.invalid')
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(allowed, 'errors.invalid')))
    .transform((given) => [...new Set(given)])
    .meta({ type: 'string', example: allowed.slice(0, 2).join(',') });

/** The query parameters of every collection. */
export const paging = {
  limit: z
    .string('errors.invalid')
    .refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_LIMIT, {
      error: 'errors.invalid',
      params: { rule: { code: 'between', params: { min: 1, max: MAX_LIMIT } } },
    })
    .transform(Number)
    .default(DEFAULT_LIMIT)
    .meta({
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
      description: 'Number of records in a page.',
    }),
  after: cursor.optional().meta({
    description: 'Where the previous page ended. Do not build it yourself: follow the URL in `Link`.',
  }),
  count: flag
    .default(false)
    .meta({ type: 'boolean', description: '`true`: return the total number of records in `X-Total-Count`.' }),
};

/** The response headers of every collection, for the documentation. */
export const listHeaders = {
  Link: 'The URL of the next page, with `rel="next"`; absent on the last page.',
  'X-Total-Count': 'With `count=true`: the total number of records.',
};
